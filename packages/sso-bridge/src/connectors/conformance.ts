import assert from 'node:assert/strict';
import { anotherOf, tryCanary } from '../card/canary.ts';
import type { CardFacts, CardResult, Connector, When } from './connector.ts';

/** How a catalogue is made to fail for a rule; `null` mends it. */
export type Trouble =
	/** Ends every connection. */
	| 'dead'
	/** Takes questions and never answers. */
	| 'silent'
	/** Says yes to any secret, as one does whose checking was left switched off. */
	| 'says_yes'
	/** Answers a right question about somebody else. */
	| 'another_patron'
	/** Does not take the library's own login. */
	| 'login_refused'
	/** Answers something that is not of its interface, with a status that would be a yes. */
	| 'garbage'
	/** Sends whoever asks to another address. */
	| 'redirects'
	/** Answers that it cannot now. */
	| 'server_error'
	| 'busy';

/** A card of the bed, with what a sign-in gives. */
export interface BedPatron {
	readonly card: string;
	readonly secret: string;
}

/** A catalogue with a connector to it, as the tests of each connector provide it. */
export interface ConnectorBed {
	readonly connector: Connector;
	readonly when: When;
	/** A grown person with a good card that ends later, and another one. */
	readonly patron: BedPatron;
	readonly other: BedPatron;
	/** A text that stands in the catalogue's record of the patron and is nobody's business: their name, their e-mail, their birth date. */
	readonly personal: readonly string[];
	/** The troubles that this kind of catalogue can have. */
	readonly troubles: readonly Trouble[];
	trouble(which: Trouble | null): void;
	/** How many times the catalogue was asked about a secret of this card. */
	asked(card: string): number;
	/** Every address that was asked for since the bed was made. */
	addresses(): readonly string[];
	/** The maker's way leaves no other place for the card number than the address. */
	readonly cardInAddress?: boolean;
	/** What was asked of the catalogue that is neither a question about a card nor the library's own login. */
	strange(): readonly string[];
	/** People that this kind of catalogue can tell apart; each with what is expected of their facts. */
	readonly people: readonly (BedPatron & { readonly who: string; readonly expected: Partial<CardFacts> })[];
}

/** One rule every connector keeps; run by the tests of each connector. */
export interface ConnectorRule {
	readonly rule: string;
	check(bed: ConnectorBed): Promise<void>;
}

/** What no card and no PIN is, and what would mean something to one protocol or another. */
const INJECTIONS = [
	'"',
	'*',
	'\\',
	'?',
	'%',
	'%2f',
	'..',
	'.',
	'/',
	'../x',
	'&pin=1',
	'=',
	';',
	"'",
	'" or barcode=="',
	'" or 1==1 or "',
	'<x/>',
	'|AD1234',
	'\r',
	'\n63',
	'\0',
	' ',
	'+',
	'#',
	'{}',
	'$',
	'\u202e',
	'\ud800',
];

/** The conformance suite of connectors. What goes wrong leaves the bed mended. */
export function connectorRules(): ConnectorRule[] {
	return [...ANSWERS, ...QUESTIONS, ...FAILURES, ...CANARY];
}

const ANSWERS: ConnectorRule[] = [
	{
		rule: 'the right card and secret are a yes, with the card',
		async check({ connector, patron, when }) {
			const { facts } = yes(await connector.check(patron.card, patron.secret, when));
			assert.equal(facts.card, patron.card);
			assert.equal(facts.expired, false);
		},
	},
	{
		rule: 'a wrong secret and an unknown card are a no, and the same no',
		async check({ connector, patron, when }) {
			const wrong = await connector.check(patron.card, shifted(patron.secret), when);
			const unknown = await connector.check(shifted(patron.card), patron.secret, when);
			assert.deepEqual(wrong, { outcome: 'bad_credentials' });
			assert.deepEqual(unknown, wrong);
		},
	},
	{
		rule: 'somebody else’s secret is a wrong one',
		async check({ connector, patron, other, when }) {
			const crossed = await connector.check(patron.card, other.secret, when);
			assert.deepEqual(crossed, { outcome: 'bad_credentials' });
		},
	},
	{
		rule: 'part of a card, or a card with more behind it, is not that card',
		async check({ connector, patron, when }) {
			for (const card of [
				patron.card.slice(0, -1),
				patron.card.slice(1),
				`${patron.card}0`,
				`0${patron.card}`,
			]) {
				assert.deepEqual(await connector.check(card, patron.secret, when), { outcome: 'bad_credentials' });
			}
		},
	},
	{
		rule: 'the facts are what the catalogue knows, and nothing of a person’s own',
		async check({ connector, people, personal, when }) {
			for (const { card, secret, who, expected } of people) {
				const result = await connector.check(card, secret, when);
				const { facts } = yes(result);
				const named = Object.fromEntries(
					Object.keys(expected).map((key) => [key, facts[key as keyof CardFacts]]),
				);
				assert.deepEqual(named, expected, who);
				for (const secretOfTheirs of personal) {
					assert.ok(
						!JSON.stringify(result).includes(secretOfTheirs),
						`${who}: something personal came along`,
					);
				}
			}
		},
	},
	{
		rule: 'everybody who asks at the same moment gets their own answer',
		async check({ connector, patron, other, when }) {
			const given = [patron, other, { ...patron, secret: other.secret }, other, patron];
			const results = await Promise.all(given.map(({ card, secret }) => connector.check(card, secret, when)));
			const cards = results.map((result) => (result.outcome === 'ok' ? result.facts.card : result.outcome));
			assert.deepEqual(cards, [patron.card, other.card, 'bad_credentials', other.card, patron.card]);
		},
	},
];

const QUESTIONS: ConnectorRule[] = [
	{
		rule: 'nothing empty, endless or unprintable is passed on',
		async check({ connector, patron, asked, when }) {
			const before = asked(patron.card);
			const given: [string, string][] = [
				[patron.card, ''],
				['', patron.secret],
				[patron.card, 'x'.repeat(65)],
				['2'.repeat(65), patron.secret],
				...['\r', '\n', '\0', '\t', '\u0007', '\u202e'].flatMap((sign): [string, string][] => [
					[patron.card, `${patron.secret}${sign}`],
					[`${patron.card}${sign}`, patron.secret],
				]),
			];
			for (const [card, secret] of given) {
				assert.deepEqual(await connector.check(card, secret, when), { outcome: 'bad_credentials' });
			}
			assert.equal(asked(patron.card), before);
		},
	},
	{
		rule: 'no sign in a card or a secret means more than itself',
		async check({ connector, patron, strange, when }) {
			for (const sign of INJECTIONS) {
				for (const card of [sign, `${patron.card}${sign}`, `${sign}${patron.card}`]) {
					const result = await connector.check(card, patron.secret, when);
					assert.equal(result.outcome, 'bad_credentials', `card with ${JSON.stringify(sign)}`);
				}
				const result = await connector.check(patron.card, `${patron.secret}${sign}`, when);
				assert.equal(result.outcome, 'bad_credentials', `secret with ${JSON.stringify(sign)}`);
			}
			assert.deepEqual(strange(), []);
		},
	},
	{
		rule: 'one sign-in is one try, whatever comes of it',
		async check({ connector, patron, asked, troubles, trouble, when }) {
			for (const which of [null, ...troubles]) {
				trouble(which);
				const before = asked(patron.card);
				await connector.check(patron.card, patron.secret, when);
				await connector.check(patron.card, shifted(patron.secret), when);
				trouble(null);
				const tries = asked(patron.card) - before;
				assert.ok(tries <= 2, `${which}: asked ${tries} times for two sign-ins`);
			}
		},
	},
	{
		rule: 'a question without a verdict says whether the catalogue may have counted a wrong secret',
		async check({ connector, patron, asked, troubles, trouble, when }) {
			// What fetches a token first has one from here on.
			await connector.check(patron.card, patron.secret, when);
			for (const which of troubles.filter((one) => one !== 'dead')) {
				trouble(which);
				const before = asked(patron.card);
				const result = await connector.check(patron.card, patron.secret, when);
				trouble(null);
				if (result.outcome === 'ok' || result.outcome === 'bad_credentials') continue;
				if (LEAVES_OPEN.includes(which) && asked(patron.card) > before) assert.ok(result.mayCount, which);
				if (COUNTS_NOTHING.includes(which)) assert.equal(result.mayCount, undefined, which);
			}
		},
	},
	{
		rule: 'a secret stands in no address, and a card in none where there is another way',
		async check({ connector, patron, addresses, cardInAddress = false, when }) {
			await connector.check(patron.card, patron.secret, when);
			await connector.check(patron.card, 'Sentinel-7731', when);
			await connector.probe(patron.card, '', when);
			const all = addresses().map(decodeURIComponent).join('\n');
			assert.ok(!all.includes('Sentinel-7731') && !all.includes(patron.secret), 'a secret in an address');
			if (!cardInAddress) assert.ok(!all.includes(patron.card), 'a card in an address');
		},
	},
	{
		rule: 'the catalogue is asked for nothing but what a sign-in needs',
		async check({ connector, people, strange, when }) {
			for (const { card, secret } of people) await connector.check(card, secret, when);
			await connector.reach(when);
			assert.deepEqual(strange(), []);
		},
	},
];

/** In these a catalogue says that it does not look at any secret. */
const COUNTS_NOTHING: readonly Trouble[] = ['login_refused', 'redirects', 'busy'];
/** In these nothing that can be read comes back of the question itself. */
const LEAVES_OPEN: readonly Trouble[] = ['silent', 'garbage', 'server_error'];

const FAILURES: ConnectorRule[] = [
	{
		rule: 'a catalogue that fails lets nobody in, and says whose turn it is',
		async check({ connector, patron, troubles, trouble, when }) {
			for (const which of troubles.filter((one) => one !== 'says_yes')) {
				trouble(which);
				const result = await connector.check(patron.card, patron.secret, when);
				trouble(null);
				assert.ok(EXPECTED[which].includes(result.outcome), `${which}: ${result.outcome}`);
				if ('reason' in result) assert.match(result.reason, /^[a-z][a-z_]{2,30}$/, which);
			}
			yes(await connector.check(patron.card, patron.secret, when));
		},
	},
	{
		rule: 'whether it is there is found out without anybody’s card',
		async check({ connector, patron, asked, troubles, trouble, when }) {
			const before = asked(patron.card);
			assert.deepEqual(await connector.reach(when), { outcome: 'there' });
			for (const which of troubles.filter(
				(one) => one === 'dead' || one === 'silent' || one === 'redirects',
			)) {
				trouble(which);
				const reached = await connector.reach(when);
				trouble(null);
				assert.notEqual(reached.outcome, 'there', which);
			}
			assert.equal(asked(patron.card), before);
		},
	},
];

const EXPECTED: Readonly<Record<Trouble, readonly CardResult['outcome'][]>> = {
	dead: ['unavailable'],
	silent: ['unavailable'],
	says_yes: ['ok'],
	another_patron: ['bad_credentials', 'misconfigured'],
	login_refused: ['misconfigured', 'unavailable'],
	garbage: ['misconfigured'],
	redirects: ['misconfigured'],
	server_error: ['unavailable'],
	busy: ['unavailable'],
};

const CANARY: ConnectorRule[] = [
	{
		rule: 'a catalogue that looks at secrets passes the canary, and one that says yes to anything does not',
		async check({ connector, patron, troubles, trouble, when }) {
			const canary = { card: patron.card, pin: patron.secret };
			assert.equal((await tryCanary(connector, canary, when)).report, 'safe');
			if (!troubles.includes('says_yes')) return;
			trouble('says_yes');
			assert.equal(yes(await connector.check(patron.card, shifted(patron.secret), when)).outcome, 'ok');
			const { report } = await tryCanary(connector, canary, when);
			trouble(null);
			assert.equal(report, 'unsafe');
		},
	},
];

function yes(result: CardResult): Extract<CardResult, { outcome: 'ok' }> {
	if (result.outcome !== 'ok') assert.fail(`not a yes but ${JSON.stringify(result)}`);
	return result;
}

function shifted(text: string): string {
	return anotherOf(text, (below) => below - 1);
}
