import type { HttpConnection } from '@understory/core/sign-in-connections.ts';
import type { SignInReason } from '@understory/core/sign-in-reasons.ts';
import type { SignInTimeouts } from '@understory/core/sign-in-settings.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import type { CardResult, Connector, Want, When } from './connector.ts';
import { type Ask, type Asking, beginAsking } from './exchange.ts';
import { NoVerdict } from './no-verdict.ts';

/** What a connector over HTTP is built from. */
export interface HttpParts {
	/** A client that may reach this catalogue, and trusts who it is said to. */
	readonly outgoing: Outgoing;
	readonly timeouts?: SignInTimeouts;
	readonly wants: ReadonlySet<Want>;
}

/** What one maker's interface is asked and how its answers are read; all else is the same for all of them. */
export interface Dialogue {
	/** With null there is no secret in the question. Throws `NoVerdict` for an answer that is neither yes nor no. */
	ask(
		ask: Ask,
		patron: { readonly card: string; readonly secret: string | null },
		when: When,
	): Promise<CardResult>;
	/** Resolves when the catalogue is there and takes the library's own login. Throws `NoVerdict`. */
	reach(ask: Ask, when: When): Promise<void>;
}

/** Longest card number and secret in characters, as in SIP2 (reference/library-sso.md 1.10). */
const LONGEST = 64;

/** A connector out of a dialogue: refuses what nobody has on a card before anything is sent, and turns what goes wrong into a result. */
export function httpConnector(
	connection: HttpConnection & { readonly kind: string },
	{ outgoing, timeouts }: Pick<HttpParts, 'outgoing' | 'timeouts'>,
	dialogue: Dialogue,
): Connector {
	const begin = () => beginAsking(connection, outgoing, timeouts);
	const probe: Connector['probe'] = async (card, secret, when) => {
		if (!carries(card) || (secret !== null && !carries(secret))) return { outcome: 'bad_credentials' };
		return settled(begin(), (ask) => dialogue.ask(ask, { card, secret }, when));
	};
	return {
		kind: connection.kind,
		async check(card, secret, when) {
			if (card === '' || secret === '') return { outcome: 'bad_credentials' };
			return probe(card, secret, when);
		},
		probe,
		reach: (when) =>
			settled(begin(), async (ask) => {
				await dialogue.reach(ask, when);
				return { outcome: 'there' };
			}),
	};
}

function carries(text: string): boolean {
	return text.length <= LONGEST && !/\p{C}/u.test(text);
}

/** With these a catalogue says that it did not look at the secret at all. */
const NOT_LOOKED: ReadonlySet<SignInReason> = new Set([
	'busy',
	'login_refused',
	'not_there',
	'redirected',
	'token_refused',
]);

async function settled<T>(asking: Asking, work: (ask: Ask) => Promise<T>): Promise<T | NoVerdict['result']> {
	try {
		return await work(asking.ask);
	} catch (error) {
		if (!(error instanceof NoVerdict)) throw error;
		const { result } = error;
		return asking.secretSent && !NOT_LOOKED.has(result.reason) ? { ...result, mayCount: true } : result;
	}
}
