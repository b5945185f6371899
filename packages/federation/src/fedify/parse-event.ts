import type { Event } from '@fedify/vocab';
import type { DocumentLoader } from '@fedify/vocab-runtime';
import type { IncomingEvent } from '../events.ts';
import { plain } from './text.ts';

const LONGEST = 200;
const LONGEST_ADDRESS = 2048;

/**
 * When and where something is, and how one comes to it. The words of Mobilizon and of iCalendar are no part of the vocabulary that Fedify reads, so
 * these few are read from the document itself, by the names Mobilizon writes (docs.mobilizon.org, FEP-8a8e). Null without a beginning.
 */
export async function readEvent(
	event: Event,
	document: unknown,
	contexts: DocumentLoader,
): Promise<IncomingEvent | null> {
	if (event.startTime === null) return null;
	const options = { contextLoader: contexts, documentLoader: contexts, suppressError: true };
	const place = await event.getLocation(options);
	const said = (name: string) => text(document, name) ?? text(document, `mz:${name}`);
	const mode = said('joinMode');
	const words = placeIn(document);
	return {
		starts: event.startTime.epochMilliseconds,
		ends: event.endTime?.epochMilliseconds ?? null,
		place: plain(place?.name ?? words, LONGEST) || null,
		joining: mode === null ? null : (JOINING[mode] ?? 'elsewhere'),
		outside: page(said('externalParticipationUrl')),
		cancelled: /cancel/i.test(text(document, 'ical:status') ?? text(document, 'eventStatus') ?? ''),
	};
}

/** gathio writes its place as plain words; Mobilizon as an object, which its own context makes a term of schema.org. */
function placeIn(document: unknown): string | null {
	const words = text(document, 'location');
	if (words !== null) return URL.canParse(words) ? null : words;
	const place = [(document as { location?: unknown } | null)?.location].flat()[0];
	return text(place, 'name');
}

/** Mobilizon's `joinMode`. */
const JOINING: Readonly<Record<string, IncomingEvent['joining']>> = {
	free: 'free',
	restricted: 'asked',
	invite: 'invite',
	external: 'elsewhere',
};

function text(document: unknown, name: string): string | null {
	if (typeof document !== 'object' || document === null) return null;
	const value = (document as Record<string, unknown>)[name];
	return typeof value === 'string' ? value : null;
}

function page(address: string | null): string | null {
	if (address === null || address.length > LONGEST_ADDRESS || !URL.canParse(address)) return null;
	const { protocol, href } = new URL(address);
	return /^https?:$/.test(protocol) ? href : null;
}
