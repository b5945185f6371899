import { randomUUID } from 'node:crypto';
import { createApiClient } from '@understory/api-client/client.ts';
import { sendByFetch } from '@understory/api-client/send.ts';
import { demoDeck } from '@understory/sip2/deck.ts';
import { type Ils, startIls } from '@understory/sip2/server.ts';
import { expect } from 'chai';
import { Visitor } from '../../../test/e2e/visitor.ts';
import { filesBelow } from '../../../test/files-below.ts';
import { create } from '../src/test-town.ts';

const LOGIN = 'sentinel-login-password';

describe('library IT says how cards are checked', function () {
	this.timeout(120_000);
	let town: Awaited<ReturnType<typeof create>>;
	let ils: Ils;
	const deck = demoDeck('another deck');
	const patrons = deck.filter((one) => one.state === 'good' && one.role === 'patron' && one.kind === 'adult');
	const spare = deck.filter((one) => one.state === 'good' && one.role === 'host').at(-1)!;
	before(async () => {
		ils = await startIls({ deck, login: { user: 'bridge', password: LOGIN } });
		town = await create({ sample: true, libraries: ['OR0069'], logLevel: 'debug' });
	});
	after(async () => {
		await town?.close();
		await ils?.close();
	});

	const api = () =>
		createApiClient({
			url: town.file.console,
			token: town.file.adminToken,
			send: sendByFetch,
			randomId: randomUUID,
			wait: () => town.settle(),
		});
	const settings = (more: object = {}) => ({
		state: 'draft' as const,
		connector: {
			kind: 'sip2' as const,
			host: '127.0.0.1',
			port: ils.port,
			login: { user: 'bridge', password: LOGIN },
		},
		canaries: [{ card: spare.card, pin: spare.pin }],
		...more,
	});
	const allow = (port: number) =>
		api().call('allowCatalogueNetwork', {
			params: { library: town.file.libraries[0]!.slug },
			body: { cidr: '127.0.0.1', port },
		});
	async function signIn(card: string, pin: string) {
		const branch = town.file.libraries[0]!.branches.find(({ stage }) => stage === 'open')!;
		const visitor = new Visitor(town.port);
		return visitor.send(await visitor.open(`${branch.url}/signin`), '/sign-in/', { card, pin });
	}

	it('from a draft over a self-test to a card page that asks the new catalogue, and its secrets lie nowhere', async () => {
		const library = town.file.libraries[0]!.slug;
		const params = { library };
		const [{ card, pin }, early] = patrons as [(typeof patrons)[number], (typeof patrons)[number]];
		// Another card than later: that this pair was wrong is remembered for some minutes.
		const before = await signIn(early.card, early.pin);
		expect(before.url, 'a card of the new catalogue, before').to.include('/sign-in/');

		await api().call('changeSignIn', { params, body: { ...settings(), version: 1 } });
		const unasked = await api().call('startSignInOperation', { params, body: { kind: 'test' } });
		expect((await api().ended(unasked.id)).problem?.code, 'a network that nobody allowed').to.equal(
			'refused_address',
		);
		await allow(ils.port);
		const begun = await api().call('startSignInOperation', { params, body: { kind: 'test' } });
		const ended = await api().ended(begun.id);
		expect(ended.state, JSON.stringify(ended)).to.equal('done');
		const shown = await api().call('getSignIn', { params });
		expect(shown.report?.steps.map(({ step, outcome }) => `${step} ${outcome}`)).to.include.members([
			'reach passed',
			'wrong_pin passed',
			'right_pin passed',
		]);
		expect(JSON.stringify(shown)).to.not.include(LOGIN);

		await api().call('changeSignIn', {
			params,
			body: { ...shown.settings, version: 2, state: 'live' } as never,
		});
		await town.settle();
		const live = await signIn(card, pin);
		expect(live.url, live.text).to.match(/\/welcome$/);
		const old = town.file.libraries[0]!.demoCards.find(
			({ role, state }) => role === 'patron' && state === 'good',
		)!;
		expect((await signIn(old.card, old.pin!)).text, 'a card of the old one').to.not.include('Choose');

		for (const secret of [LOGIN, spare.pin + spare.card]) {
			for (const [file, bytes] of filesBelow(town.data)) {
				expect(bytes.includes(secret), `${secret} in ${file}`).to.equal(false);
			}
		}
	});

	it('a catalogue that says yes to anything fails its self-test, and nobody can go live with it', async () => {
		const library = town.file.libraries[0]!.slug;
		const params = { library };
		const gullible = await startIls({ deck: deck.map((one) => ({ ...one, pin: null })) as never });
		try {
			const { settings: now } = await api().call('getSignIn', { params });
			const connector = { kind: 'sip2' as const, host: '127.0.0.1', port: gullible.port };
			await allow(gullible.port);
			await api().call('changeSignIn', {
				params,
				body: { ...settings({ connector }), version: now.version + 1 },
			});
			const begun = await api().call('startSignInOperation', { params, body: { kind: 'test' } });
			const ended = await api().ended(begun.id);
			expect(ended.state).to.equal('failed');
			expect(ended.problem?.code).to.equal('accepted');
			const live = await api()
				.call('changeSignIn', {
					params,
					body: { ...settings({ connector, state: 'live' }), version: now.version + 2 },
				})
				.catch((error: { status: number }) => error.status);
			expect(live).to.equal(422);
		} finally {
			await gullible.close();
		}
	});
});
