import { mustClass } from '../../ui/must-class';
import styles from './look.module.css';

export const c = mustClass(styles);
