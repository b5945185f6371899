import { socketGuard } from '@understory/outgoing/socket-guard.ts';
import { startIls } from '@understory/sip2/server.ts';
import { almaConnector } from '../src/connectors/alma.ts';
import { type ConnectorBed, connectorRules } from '../src/connectors/conformance.ts';
import { evergreenConnector } from '../src/connectors/evergreen.ts';
import { folioConnector } from '../src/connectors/folio.ts';
import { kohaConnector } from '../src/connectors/koha.ts';
import { millenniumConnector } from '../src/connectors/millennium.ts';
import { polarisConnector } from '../src/connectors/polaris.ts';
import { sierraConnector } from '../src/connectors/sierra.ts';
import { sip2Connector } from '../src/connectors/sip2.ts';
import { sirsiDynixConnector } from '../src/connectors/sirsidynix.ts';
import { expectations, httpBed } from './fixtures/connector-bed.ts';
import { EVERYBODY, PEOPLE, PERSONAL, WHEN } from './fixtures/connector-people.ts';
import { HERE } from './fixtures/here.ts';
import { ALMA, startAlma } from './simulators/alma.ts';
import { startEvergreen } from './simulators/evergreen.ts';
import { FOLIO, startFolio } from './simulators/folio.ts';
import { KOHA, KOHA_CLIENT, startKoha } from './simulators/koha.ts';
import { startMillennium } from './simulators/millennium.ts';
import { POLARIS, startPolaris } from './simulators/polaris.ts';
import { SIERRA, startSierra } from './simulators/sierra.ts';
import { SIRSI, startSirsiDynix } from './simulators/sirsidynix.ts';

type Bed = ConnectorBed & { close(): Promise<void> };

const SIP2 = { user: 'bridge', password: 'sip2-of-the-bridge' };

/** Every rule of the conformance suite, on one bed. */
function keepsTheRules(name: string, makeBed: () => Promise<Bed>): void {
	describe(name, () => {
		let bed: Bed;
		before(async () => {
			bed = await makeBed();
		});
		after(() => bed?.close());
		afterEach(() => bed.trouble(null));
		for (const { rule, check } of connectorRules()) it(rule, () => check(bed));
	});
}

describe('every connector keeps the rules of connectors:', () => {
	const kohaPeople = expectations({
		patron: { stableId: '700001', location: 'MAIN', patronType: 'PT', blocks: [] },
		other: { location: 'EAST' },
		lost: { blocks: ['lost_card'] },
		blocked: { blocks: ['other'] },
		owing: { blocks: [] },
	});
	keepsTheRules('koha-rest, with a login', () =>
		httpBed({
			start: startKoha,
			connect: (url, parts) => kohaConnector({ kind: 'koha-rest', url, login: KOHA }, parts),
			people: kohaPeople,
		}),
	);
	keepsTheRules('koha-rest, with an API client', () =>
		httpBed({
			start: startKoha,
			connect: (url, parts) => kohaConnector({ kind: 'koha-rest', url, client: KOHA_CLIENT }, parts),
			people: kohaPeople,
		}),
	);

	const blocks = { c: 'lost_card', b: 'barred' } as const;
	const sierraPeople = expectations({
		patron: { stableId: '700001', location: 'MAIN', patronType: '0', blocks: [] },
		child: { age: 12, patronType: '22' },
		lost: { blocks: ['lost_card'] },
		blocked: { blocks: ['barred'] },
		owing: { blocks: [] },
	});
	keepsTheRules('sierra-rest, asking auth', () =>
		httpBed({
			start: startSierra,
			connect: (url, parts) =>
				sierraConnector({ kind: 'sierra-rest', url: `${url}/iii/sierra-api`, client: SIERRA, blocks }, parts),
			people: sierraPeople,
		}),
	);
	keepsTheRules('sierra-rest, asking validate', () =>
		httpBed({
			start: startSierra,
			connect: (url, parts) =>
				sierraConnector(
					{
						kind: 'sierra-rest',
						url: `${url}/iii/sierra-api`,
						client: SIERRA,
						blocks,
						question: 'validate',
					},
					parts,
				),
			people: sierraPeople,
		}),
	);

	keepsTheRules('polaris-papi', () =>
		httpBed({
			start: startPolaris,
			connect: (url, parts) =>
				polarisConnector({ kind: 'polaris-papi', url: `${url}/PAPIService/REST`, ...POLARIS }, parts),
			people: expectations({
				patron: { stableId: '700001', location: 'MAIN', patronType: '1', formerCards: [] },
				child: { age: 12, patronType: '2' },
			}),
			cardInAddress: true,
		}),
	);

	for (const system of ['symphony', 'horizon'] as const) {
		keepsTheRules(`sirsidynix-ws, ${system}`, () =>
			httpBed({
				start: (options) => startSirsiDynix({ ...options, system }),
				connect: (url, parts) =>
					sirsiDynixConnector({ kind: 'sirsidynix-ws', url: `${url}/ilsws`, ...SIRSI, system }, parts),
				people: expectations({
					patron: { stableId: '700001', location: 'MAIN', patronType: 'ADULT', blocks: [] },
					child: { age: 12, patronType: 'JUV' },
					blocked: { blocks: ['barred'] },
					owing: { blocks: ['overdues'] },
				}),
			}),
		);
	}

	for (const secret of ['pin', 'password'] as const) {
		keepsTheRules(`folio, by ${secret}`, () =>
			httpBed({
				start: startFolio,
				connect: (url, parts) => folioConnector({ kind: 'folio', url, ...FOLIO, secret }, parts),
				people: expectations({
					patron: {
						stableId: '00000000-0000-4000-8000-000000700001',
						patronType: '503a81cd-6c26-400f-b620-14c08943697c',
						location: null,
					},
				}),
				cardInAddress: true,
			}),
		);
	}

	keepsTheRules('alma', () =>
		httpBed({
			start: startAlma,
			connect: (url, parts) =>
				almaConnector({ kind: 'alma', url, ...ALMA, blocks: { BARRED: 'barred', CASH: 'debts' } }, parts),
			people: expectations({
				patron: { stableId: 'pi700001', location: 'MAIN', patronType: '02', blocks: [] },
				blocked: { blocks: ['barred'] },
				owing: { blocks: ['debts'] },
			}),
			cardInAddress: true,
		}),
	);

	const { patron, other, child, teen, lastDay, owing } = PEOPLE;
	const nothing = {
		stableId: null,
		age: null,
		expiresOn: null,
		location: null,
		patronType: null,
		blocks: [],
	};
	keepsTheRules('evergreen-remoteauth', () =>
		httpBed({
			start: startEvergreen,
			connect: (url, parts) =>
				evergreenConnector({ kind: 'evergreen-remoteauth', url: `${url}/eg/remoteauth/understory` }, parts),
			people: [patron, other, child, teen, lastDay, owing].map(({ card, pin }) => ({
				who: card,
				card,
				secret: pin,
				expected: nothing,
			})),
		}),
	);

	const millennium = { kind: 'millennium-patronapi', legacy: true } as const;
	keepsTheRules('millennium-patronapi', () =>
		httpBed({
			start: startMillennium,
			connect: (url, parts) => millenniumConnector({ ...millennium, url: `${url}/PATRONAPI` }, parts),
			people: Object.entries(PEOPLE).map(([who, { card, pin }]) => ({
				who,
				card,
				secret: pin,
				expected: nothing,
			})),
			without: ['login_refused', 'another_patron'],
		}),
	);
	keepsTheRules('millennium-patronapi, reading records', () =>
		httpBed({
			start: startMillennium,
			connect: (url, parts) =>
				millenniumConnector({ ...millennium, url: `${url}/PATRONAPI`, reads_patron: true, blocks }, parts),
			people: expectations({
				patron: { stableId: '700001', location: 'MAIN', patronType: '0', blocks: [] },
				lost: { blocks: ['lost_card'] },
				blocked: { blocks: ['barred'] },
				owing: { blocks: [] },
			}),
			cardInAddress: true,
			without: ['login_refused'],
		}),
	);

	keepsTheRules('sip2', async () => {
		const ils = await startIls({ deck: EVERYBODY, login: SIP2, now: () => WHEN.now, zone: WHEN.zone });
		const connector = sip2Connector(
			{ kind: 'sip2', host: '127.0.0.1', port: ils.port, login: SIP2 },
			{
				timeouts: { answer: 250, whole: 600 },
				wants: new Set(['location', 'patron_type']),
				guard: socketGuard({ town: false, networks: [HERE] }),
			},
		);
		const MISBEHAVIORS = ['dead', 'silent', 'says_yes', 'another_patron'] as const;
		return {
			connector,
			when: WHEN,
			patron: { card: PEOPLE.patron.card, secret: PEOPLE.patron.pin },
			other: { card: PEOPLE.other.card, secret: PEOPLE.other.pin },
			personal: PERSONAL,
			troubles: MISBEHAVIORS,
			trouble: (which) => ils.misbehave(MISBEHAVIORS.find((one) => one === which) ?? null),
			asked: ils.asked,
			addresses: () => [],
			strange: () => [],
			people: expectations({
				patron: { stableId: 'i700001', location: 'MAIN', patronType: 'Adult', blocks: [] },
				lost: { blocks: ['no_borrowing', 'lost_card'] },
				blocked: { blocks: ['no_borrowing', 'barred'] },
				owing: { blocks: ['debts'] },
			}),
			close: () => ils.close(),
		};
	});
});
