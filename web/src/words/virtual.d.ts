declare module 'virtual:words/*' {
  import type { Table } from './table';

  const table: Table;
  export default table;
}
