import type { LibraryRecord } from '@understory/core/register.ts';
import type { Upstream } from '@understory/core/upstream-settings.ts';
import type { Context } from '../context.ts';
import type { Departure, Leaving } from './departure.ts';
import type { Answered } from './memory.ts';
import { beginOidc } from './oidc/oidc-sign-in.ts';
import type { OpenWay } from './upstreams.ts';

/** What the card page offers: the form for card and PIN, and a link for each other way in. */
export interface WaysIn {
	readonly card: boolean;
	readonly ways: readonly { readonly name: string; readonly href: string }[];
}

/** The ways into a library, for the page at `path`. */
export function waysInto(context: Context, library: LibraryRecord, language: string, path: string): WaysIn {
	const { ways } = context.upstreams.of(library);
	return {
		card: takesCards(context, library),
		ways: ways.map((way) => ({ name: nameOf(way, language), href: `${path}/with/${way.id}` })),
	};
}

/** Does the page ask for card and PIN? */
export function takesCards(context: Context, library: LibraryRecord): boolean {
	return !context.upstreams.of(library).only;
}

/** What a way in is called in a language. */
export function nameOf(way: Upstream, language: string): string {
	return (language === 'es' ? way.name.es : undefined) ?? way.name.en;
}

/** Sends a browser off to a provider. Throws `Refusal`. */
export async function depart(
	context: Context,
	{ library, way }: { library: LibraryRecord; way: OpenWay },
	leaving: Leaving,
): Promise<Departure> {
	if (way.kind === 'oidc') return beginOidc(context, { library, way }, leaving);
	const { beginSaml } = await import('./saml/saml-sign-in.ts');
	return beginSaml(context, { library, way }, leaving);
}

/** How long a browser may take from the provider's answer to the next page of ours, in milliseconds. */
const HANDOVER_MS = 2 * 60_000;

/** Keeps an answer for the one request that follows it, and returns where that goes. */
export async function handOver(
	context: Context,
	library: LibraryRecord,
	answered: Answered,
): Promise<string> {
	const handle = await context.upstreams.memory.keep(library.id, answered, context.clock.now() + HANDOVER_MS);
	return `/upstream/finish/${handle}`;
}
