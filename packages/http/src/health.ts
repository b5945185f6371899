import type { RequestHandler } from 'express';

/** Is the process alive at all? Answers without asking anything else. */
export const alive: RequestHandler = (_request, response) => {
	response.type('text/plain').send('ok\n');
};

/** What a role needs before it can take work, by name. Each rejects or returns false when its part is not ready. */
export type Checks = Readonly<Record<string, () => Promise<boolean> | boolean>>;

/** The names of what is not ready. */
export async function notReady(checks: Checks): Promise<string[]> {
	const waiting: string[] = [];
	for (const [name, check] of Object.entries(checks)) {
		const fine = await Promise.resolve()
			.then(check)
			.catch(() => false);
		if (!fine) waiting.push(name);
	}
	return waiting;
}

/** Can work be taken? The names of what is not ready are answered with 503. */
export function ready(checks: Checks): RequestHandler {
	return async (_request, response) => {
		const waiting = await notReady(checks);
		response.status(waiting.length === 0 ? 200 : 503).type('text/plain');
		response.send(waiting.length === 0 ? 'ready\n' : `waiting for ${waiting.join(', ')}\n`);
	};
}
