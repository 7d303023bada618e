declare module 'virtual:loader-style' {
  const css: string;
  export default css;
}
