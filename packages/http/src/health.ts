import type { RequestHandler } from 'express';

/** Is the process alive at all? Answers without asking anything else. */
export const alive: RequestHandler = (_request, response) => {
	response.type('text/plain').send('ok\n');
};

/** Can work be taken? Each check rejects or returns false when its part is not ready; the names of those are answered with 503. */
export function ready(checks: Readonly<Record<string, () => Promise<boolean> | boolean>>): RequestHandler {
	return async (_request, response) => {
		const waiting: string[] = [];
		for (const [name, check] of Object.entries(checks)) {
			const fine = await Promise.resolve()
				.then(check)
				.catch(() => false);
			if (!fine) waiting.push(name);
		}
		response.status(waiting.length === 0 ? 200 : 503).type('text/plain');
		response.send(waiting.length === 0 ? 'ready\n' : `waiting for ${waiting.join(', ')}\n`);
	};
}
