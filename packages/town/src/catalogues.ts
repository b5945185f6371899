import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { type DemoPatron, demoDeck, type IlsPatron } from '@understory/sip2/deck.ts';
import { type Ils, startIls } from '@understory/sip2/server.ts';

/** A library's catalogue system, simulated: real SIP2 on its own TCP port, with the sample's cards. */
export interface Catalogue {
	readonly signIn: SignInSettings;
	readonly deck: readonly DemoPatron[];
	readonly ils: Ils;
	close(): Promise<void>;
}

/** Starts a catalogue for each library of the sample; cards stay the same from start to start. */
export async function startCatalogues(
	libraries: readonly string[],
	catalogues: Map<string, Catalogue>,
): Promise<void> {
	await Promise.all(
		libraries.map(async (slug) => {
			if (catalogues.has(slug)) return;
			const deck = demoDeck(slug);
			// A card of nobody, with which it is noticed when a catalogue says yes to anything.
			const canary: IlsPatron = {
				...deck[0]!,
				card: `${deck[0]!.card.slice(0, 7)}9999999`,
				pin: '86420',
				name: 'Canary',
				internalId: 'i9999999',
			};
			const ils = await startIls({ deck: [...deck, canary] });
			catalogues.set(slug, {
				deck,
				ils,
				signIn: {
					version: 1,
					state: 'live',
					connector: { kind: 'sip2', host: '127.0.0.1', port: ils.port },
					canaries: [{ card: canary.card, pin: canary.pin! }],
				},
				close: () => ils.close(),
			});
		}),
	);
}
