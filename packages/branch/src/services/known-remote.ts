import type { RemoteActor } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { keepRemote, type RemoteRow } from '../store/remote-actors.ts';
import type { Writing } from '../store/store.ts';
import { emojiNamed } from './emoji.ts';
import { remoteLine } from './markup.ts';

/** Longest name of somebody elsewhere that is kept, in characters. */
const LONGEST_NAME = 100;

/** Keeps somebody of another server, new or changed: their name as one clean line, or their handle when nothing of it is left. */
export function knowRemote(
	context: Pick<BranchContext, 'ids' | 'clock'>,
	writing: Writing,
	actor: RemoteActor,
): RemoteRow {
	const displayName = remoteLine(actor.displayName, LONGEST_NAME) || actor.handle;
	const emoji = emojiNamed(actor.emoji ?? [], [displayName]);
	return keepRemote(writing, { ...actor, displayName, emoji }, context.ids.next(), context.clock.now());
}
