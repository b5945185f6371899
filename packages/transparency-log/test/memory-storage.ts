import type { LogStorage } from '../src/log.ts';

/** Keeps a log's files in memory, where a test can look at them. */
export function memoryStorage(
	files = new Map<string, Buffer>(),
): LogStorage & { readonly files: Map<string, Buffer> } {
	return {
		files,
		read: async (path) => files.get(path) ?? null,
		write: async (path, bytes) => {
			files.set(path, Buffer.from(bytes));
		},
	};
}
