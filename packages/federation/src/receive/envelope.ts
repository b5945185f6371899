import { Malformed } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import { readForeignJson } from './foreign-json.ts';

/** The kinds of activity we act on; everything else is acknowledged and dropped. */
export const HANDLED = [
	'Follow',
	'Accept',
	'Reject',
	'Undo',
	'Create',
	'Update',
	'Delete',
	'Like',
	'Announce',
	'Block',
	'Add',
	'Remove',
	'Move',
	'Flag',
	'Join',
	'Leave',
	'QuoteRequest',
] as const;
export type Handled = (typeof HANDLED)[number];

/** What an activity says on its outside, read before anything is fetched for it. */
export interface Envelope {
	readonly id: string;
	readonly actor: string;
	/** Null for a kind we do not act on. */
	readonly type: Handled | null;
	readonly document: Readonly<Record<string, unknown>>;
}

/** Reads the bytes of a body. Throws Malformed, with a sentence, when they are no activity with an id and an actor. */
export function readEnvelope(body: Buffer): Envelope {
	const document = parse(body);
	const id = idOf(document.id);
	const actor = idOf(document.actor);
	if (id === null) throw new Malformed('An activity needs an id that is an address.');
	if (actor === null) throw new Malformed('An activity needs one actor, named by an address.');
	const types = [document.type].flat();
	return { id, actor, type: HANDLED.find((type) => types.includes(type)) ?? null, document };
}

function parse(body: Buffer): Record<string, unknown> {
	try {
		const value = readForeignJson(body);
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
			return value as Record<string, unknown>;
		}
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
	}
	throw new Malformed('The body is not a JSON object that can be read.');
}

/** A reference as servers write it: an address, or an object with an id. */
function idOf(value: unknown): string | null {
	const id = typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : value;
	if (typeof id !== 'string' || id.length > 2048) return null;
	return /^https?:\/\//.test(originOf(id)) ? new URL(id).href : null;
}
