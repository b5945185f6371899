import { askSocket } from '@understory/outgoing/local-socket.ts';

/** The program beside a home that copies SQLite files as they change, told over its control socket (Litestream 0.5, from 0.5.18 on). */
export interface Litestream {
	/** The files that it follows now. */
	list(): Promise<string[]>;
	/** Follows a file, whose copy lies at `replica`. One that it follows already stays as it is, also when its copy lies elsewhere. */
	register(file: string, replica: string): Promise<void>;
	/** Resolves when everything in a file is in its copy. */
	sync(file: string): Promise<void>;
	/** Lets go of a file as it is: what is not in the copy yet does not come there. */
	unregister(file: string): Promise<void>;
}

/** Seconds that Litestream takes for a file at most. */
const LONGEST = 8;

/** Each call throws when Litestream does not answer or says that something is wrong. */
export function litestreamAt(socket: string): Litestream {
	const ask = (method: 'GET' | 'POST', path: string, body?: object) =>
		askSocket(socket, { method, path, body });
	return {
		async list() {
			const { databases } = (await ask('GET', '/list')) as { databases?: { path: string }[] | null };
			return (databases ?? []).map(({ path }) => path);
		},
		async register(file, replica) {
			await ask('POST', '/register', { path: file, replica_url: replica });
		},
		async sync(file) {
			await ask('POST', '/sync', { path: file, wait: true, timeout: LONGEST });
		},
		async unregister(file) {
			await ask('POST', '/unregister', { path: file, timeout: LONGEST });
		},
	};
}
