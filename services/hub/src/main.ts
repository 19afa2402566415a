import 'reflect-metadata';
import { commandLine } from './command-line.js';

await commandLine().parseAsync();
