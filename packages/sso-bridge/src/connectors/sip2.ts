import type { Sip2Connection } from '@understory/core/sign-in-connections.ts';
import type { Block, SignInTimeouts } from '@understory/core/sign-in-settings.ts';
import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { SocketGuard } from '@understory/outgoing/socket-guard.ts';
import { type AskParts, askAbout, askFacts, greetCatalogue } from '@understory/sip2/client.ts';
import type { Sip2Answer, Sip2Trouble } from '@understory/sip2/decision.ts';
import type { PatronFacts, PatronFlag } from '@understory/sip2/facts.ts';
import type { Sip2Settings } from '@understory/sip2/settings.ts';
import type { CardFacts, CardResult, Connector, Want } from './connector.ts';

/** Asks over SIP2, the protocol of self-service machines that nearly every catalogue speaks. Nothing is read that nobody wants. */
export function sip2Connector(
	connection: Sip2Connection,
	parts: { timeouts?: SignInTimeouts; wants: ReadonlySet<Want>; guard: SocketGuard },
): Connector {
	const settings = sip2Settings(connection, parts.timeouts ?? {}, parts.wants);
	const guarded = within(parts.guard, connection.host);
	return {
		kind: 'sip2',
		async check(card, secret, when) {
			if (card === '' || secret === '') return { outcome: 'bad_credentials' };
			return heard(guarded, (how) => askFacts(settings, { card, pin: secret }, when, how));
		},
		async probe(card, secret, when) {
			return heard(guarded, (how) => askAbout(settings, { card, pin: secret }, when, how));
		},
		async reach() {
			const answer = await guarded((how) => greetCatalogue(settings, how));
			return answer.outcome === 'there' ? { outcome: 'there' } : answer;
		},
	};
}

/** The same settings in the words of the protocol's own package. */
export function sip2Settings(
	connection: Sip2Connection,
	timeouts: SignInTimeouts,
	wants: ReadonlySet<Want>,
): Sip2Settings {
	const { tls, fields, aliases, reads_patron = true } = connection;
	const { host, port, institution, login, dialect, charset, separator, terminator } = connection;
	const always = ['age', 'expiry', 'stable_id'] as const;
	const wished = [...wants].map((want) => (want === 'patron_type' ? 'type' : want));
	return {
		host,
		port,
		timeouts: said(timeouts),
		needs: reads_patron ? [...always, ...wished] : [],
		...said({
			institution,
			login,
			dialect,
			charset,
			separator,
			terminator,
			aliases,
			allowPlainText: connection.plain_text,
			terminalPassword: connection.terminal_password,
			dateZone: connection.date_zone,
			asksStatus: connection.asks_status,
			endsSession: connection.ends_session,
			errorDetection: connection.error_detection,
			cardCase: connection.card_case,
			tls: tls && said({ ...tls, server_name: undefined, serverName: tls.server_name }),
			fields:
				fields &&
				said({
					birthDate: fields.birth_date,
					expiry: fields.expiry,
					type: fields.patron_type,
					location: fields.location,
					stableId: fields.stable_id,
				}),
		}),
	};
}

/** Without what is not said, so that what stands in for it is not overwritten. */
function said<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
	const kept = Object.entries(settings).filter(([, value]) => value !== undefined);
	return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

const REFUSED = { outcome: 'misconfigured', reason: 'refused_address' } as const;

/** Asks over connections to where they may lead, and says when one was not made because of that. */
type Guarded = <T extends { outcome: string }>(
	ask: (how: Pick<AskParts, 'lookup'>) => Promise<T | Sip2Trouble>,
) => Promise<T | Sip2Trouble | typeof REFUSED>;

function within(guard: SocketGuard, host: string): Guarded {
	return async (ask) => {
		let refused = false;
		try {
			guard.refuseAddress(host);
		} catch (error) {
			if (error instanceof OutgoingFailure) return REFUSED;
			throw error;
		}
		const answer = await ask({
			lookup: (name, options, done) =>
				guard.lookup(name, options, (error, ...found) => {
					refused ||= error instanceof OutgoingFailure && error.code === 'refused_address';
					done(error, ...found);
				}),
		});
		return refused ? REFUSED : answer;
	};
}

async function heard(guarded: Guarded, ask: (how: AskParts) => Promise<Sip2Answer>): Promise<CardResult> {
	let sent = false;
	const begun = () => {
		sent = true;
	};
	const answer = await guarded<Sip2Answer>((how) => ask({ ...how, begun }));
	if (answer.outcome === 'ok') return { outcome: 'ok', facts: factsOf(answer.facts) };
	return sent && answer.outcome !== 'bad_credentials' ? { ...answer, mayCount: true } : answer;
}

function factsOf(facts: PatronFacts): CardFacts {
	const { card, stableId, expiresOn, age, location, type } = facts;
	const expired = facts.expired === true;
	const named = facts.flags.flatMap((flag) => BLOCK_OF[flag] ?? []);
	// Catalogues call an expired card blocked too.
	const barred: Block[] = facts.barred && !expired ? ['barred'] : [];
	const blocks = [...new Set([...named, ...barred])];
	return { card, formerCards: [], stableId, expiresOn, expired, age, location, patronType: type, blocks };
}

/** What the fourteen flags mean (reference/library-sso.md 1.4). One maker sets the first four for many reasons, another the third on everybody. */
const BLOCK_OF: Partial<Record<PatronFlag, Block>> = {
	card_lost: 'lost_card',
	charges_denied: 'no_borrowing',
	too_many_charged: 'too_many_items',
	too_many_overdue: 'overdues',
	recall_overdue: 'overdues',
	too_many_lost: 'lost_items',
	excessive_fines: 'debts',
	excessive_fees: 'debts',
	too_many_billed: 'debts',
};
