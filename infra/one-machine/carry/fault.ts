/** Why nothing was carried on, in a sentence for whoever runs the command. */
export class CarryFault extends Error {}

/** A fault of the disk as a sentence; anything else as it is. */
export function inWords(error: unknown): unknown {
	const { code, path } = error as NodeJS.ErrnoException;
	if (code === 'ENOSPC' || code === 'EDQUOT')
		return new CarryFault('The disk is full. Make room and run the same command again.');
	if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
		return new CarryFault(`${path ?? 'A file'} may not be read or written. Run this as root.`);
	return error;
}
