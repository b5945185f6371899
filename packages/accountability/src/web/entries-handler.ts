import type { Context } from '../context.ts';
import type { LibraryHandler } from './library-handler.ts';

/**
 * `POST /entries`: 202 with the id when the entry is on disk here. It is in the log a moment later, or on the next day in
 * `daily` mode; the receipt is pulled from `/statements/{id}.tlog-proof` (DESIGN 5.2).
 */
export function submitEntry(context: Context): LibraryHandler {
	const { readSubmission, acceptEntry, publisher, publish, log } = context;
	return async (library, request, response) => {
		const submission = readSubmission(request.body);
		await acceptEntry(library, submission);
		// What a redaction takes away, or somebody takes back, is not shown any more, from files either.
		if (LOOKED_AT.has(submission.entry.kind)) await context.editions.look(library);
		response.status(202).json({ id: submission.entry.id });
		if (publish === 'now') {
			publisher.publish(library).catch((error: unknown) => {
				log.error('log_not_published', {
					role: 'accountability',
					library: library.register.library.slug,
					error,
				});
			});
		}
	};
}

const LOOKED_AT: ReadonlySet<string> = new Set(['redaction', 'unsealing']);
