import type { Operation } from '@understory/api-client/api.ts';
import type { ApiClient } from '@understory/api-client/client.ts';
import { EXIT } from './exit-code.ts';
import type { Session } from './parts.ts';
import { plain } from './table.ts';

/**
 * Shows an operation that was begun, and unless told otherwise waits until it has ended. A failed one is told in its own sentence and ends the
 * process with `refused`. Stopping the wait stops nothing on the platform.
 */
export async function follow(
	session: Session,
	api: ApiClient,
	begun: Operation,
	wait: boolean,
): Promise<void> {
	if (!wait) return showOperation(session, begun);
	const ended = await api.ended(begun.id, (now) => {
		if (session.seen) session.say(`\r${progressText(now)}`);
	});
	if (session.seen) session.say('\n');
	showOperation(session, ended);
	if (ended.state === 'failed') {
		session.say(`${plain(ended.problem?.title ?? 'The operation failed.')}\n`);
		session.end(EXIT.refused);
	}
}

/** `provision  12 of 19  ██████▎   `, of one width, so that each look covers the last. */
function progressText({ kind, state, progress: { done, total } }: Operation): string {
	const part = total === null || total === 0 ? (state === 'done' ? 1 : 0) : done / total;
	const bar = '█'.repeat(Math.round(part * 20)).padEnd(20, '·');
	const count = total === null ? `${done}` : `${done} of ${total}`;
	return `${kind}  ${bar}  ${count.padEnd(16)}  ${state.padEnd(8)}`;
}

/** What is known of an operation. */
export function showOperation(session: Session, operation: Operation): void {
	const { id, kind, state, progress, problem } = operation;
	session.showOne(operation, {
		operation: id,
		kind,
		state,
		done: progress.total === null ? progress.done : `${progress.done} of ${progress.total}`,
		...(problem ? { problem: problem.title } : {}),
	});
}
