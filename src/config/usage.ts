import { BootstrapError } from '../core/error.js';

/** A flag is wrong, or contradicts the file or another flag. */
export const usage = (message: string, next: string): BootstrapError => new BootstrapError({ code: 'E-USAGE', exit: 2, message, next });
