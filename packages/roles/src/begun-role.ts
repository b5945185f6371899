import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Role } from '@understory/http/role.ts';

/** A role that was built for a process of its own. */
export interface BegunRole extends Pick<Role, 'handle' | 'checks' | 'metrics'> {
	/** Host and port by which others inside know this process, where there are such. */
	readonly insideHost: string | null;
	/** Where it keeps its files. */
	readonly folder: string;
	/** Answers what is for the process itself; roles without it answer that with `handle`. */
	handleInside?(request: IncomingMessage, response: ServerResponse): void;
	/** Lets go of the role and of all that was made for it. */
	close(): Promise<void>;
}
