import type { BranchContext } from '../context.ts';
import { personById } from '../store/people.ts';
import { remoteByUri } from '../store/remote-actors.ts';
import type { Reading } from '../store/store.ts';

/** `june@host`, as other software names people, from an actor id; the id itself when we do not know them. */
export function addressOf(
	context: Pick<BranchContext, 'at' | 'origin'>,
	reading: Reading,
	uri: string,
): string {
	const remote = remoteByUri(reading, uri);
	if (remote) return `${remote.handle}@${remote.host}`;
	const id = context.at.personIn(uri);
	const person = id === null ? undefined : personById(reading, id);
	return person ? `${person.handle}@${new URL(context.origin).host}` : uri;
}
