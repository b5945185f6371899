import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { allowNetwork } from '@understory/provisioner/services/catalogue-networks.ts';
import { findLibrary } from '@understory/provisioner/store/libraries.ts';
import type { DemoPatron } from '@understory/sip2/deck.ts';
import { startIls } from '@understory/sip2/server.ts';
import { expect } from 'chai';
import { captureErrors } from '../../packages/sso-bridge/test/fixtures/left-behind.ts';
import type { Catalogue } from '../../packages/town/src/catalogues.ts';
import { create } from '../../packages/town/src/test-town.ts';
import { call } from '../e2e/api.ts';
import { Visitor } from '../e2e/visitor.ts';
import { filesBelow } from '../files-below.ts';

/** Values that occur nowhere else, so that every byte of them that is found was left by a sign-in. */
const PATRON: DemoPatron = {
	card: '29871236540987',
	pin: 'Qz7vKpX2wL',
	name: 'Sentinelwright, Ottoline',
	born: '19830517',
	expires: '20391231',
	state: 'good',
	kind: 'adult',
	role: 'patron',
};
const WRONG_PIN = 'Jx4nRtB9sM';

/** Each value in the clear and as anybody would hash it without a key. */
function traces(): string[] {
	const plain = [PATRON.card, PATRON.pin, WRONG_PIN, 'Sentinelwright', 'Ottoline', PATRON.born, '1983-05-17'];
	const hashed = [
		PATRON.card,
		PATRON.pin,
		`${PATRON.card}${PATRON.pin}`,
		`${PATRON.card}:${PATRON.pin}`,
	].flatMap((value) =>
		['md5', 'sha1', 'sha256', 'sha512'].flatMap((way) => {
			const digest = createHash(way).update(value).digest();
			return [
				digest.toString('hex'),
				digest.toString('base64'),
				digest.toString('base64url'),
				digest.toString('latin1'),
			];
		}),
	);
	return [...plain, ...hashed];
}

describe('what a library card leaves behind', function () {
	this.timeout(120_000);

	const data = mkdtempSync(join(tmpdir(), 'understory-card-'));
	let issuer: string;
	let code: string;
	/** What each of two branches keeps of the one person who is there. */
	let kept: ReadonlySet<string>[];
	let files: ReadonlyMap<string, Buffer>;

	before(async () => {
		const errors: string[] = [];
		const quiet = captureErrors(errors);
		const town = await create({ data, sample: true, libraries: ['OR0069'], logLevel: 'debug' });
		const ils = await startIls({ deck: [PATRON] });
		const before = town.catalogues.get('salem')!;
		const catalogue: Catalogue = {
			...before,
			ils,
			deck: [PATRON],
			signIn: {
				...before.signIn,
				canaries: [],
				connector: { kind: 'sip2', host: '127.0.0.1', port: ils.port },
			},
		};
		(town.catalogues as Map<string, Catalogue>).set('salem', catalogue);
		const { context } = town.roles.provisioner;
		const salem = (await findLibrary(context.database, 'salem'))!;
		const here = { cidr: '127.0.0.1', port: ils.port };
		await allowNetwork(context, salem, here, { id: context.randomId(), by: 'the test' });
		await town.settle();
		const [branch, other] = town.file.libraries[0]!.branches.flatMap(({ stage, url }) =>
			stage === 'open' ? [url] : [],
		) as [string, string];
		issuer = new URL(town.file.libraries[0]!.signIn).origin;
		const visitor = new Visitor(town.port);

		let page = await visitor.open(`${branch}/signin`);
		page = await visitor.send(page, '/sign-in/', { card: PATRON.card, pin: WRONG_PIN });
		expect(page.text).to.contain('do not match');
		page = await visitor.send(page, '/sign-in/', { card: `${PATRON.card}9`, pin: PATRON.pin });
		expect(page.text).to.contain('15 digits here');
		ils.misbehave('dead');
		page = await visitor.send(page, '/sign-in/', { card: PATRON.card, pin: PATRON.pin });
		expect(page.text).to.contain('The catalog does not answer');
		ils.misbehave(null);
		page = await visitor.send(page, '/sign-in/', { card: PATRON.card, pin: PATRON.pin });
		// This catalogue has no id of its own for them, so a code is shown that will find them with their next card.
		code = /(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}/.exec(page.text)![0];
		page = await visitor.open(/href="([^"]+\/auth\/[^"]+)"/.exec(page.html)![1]!);
		page = await visitor.send(page, '/welcome', { name: 'Otter', handle: 'otter', rules: 'yes' });
		page = await visitor.send(page, '/posts', { text: 'Hello.', scope: 'branch' });
		const there = await visitor.open(`${other}/signin`);
		await visitor.send(there, '/welcome', { name: 'Grebe', handle: 'grebe', rules: 'yes' });
		kept = [keptOf(data, 'otter'), keptOf(data, 'grebe')];
		page = await visitor.send(page, '/signout');
		await visitor.open(`${branch}/?card=nothing`);
		await town.settle();
		const { homes, provisioner, bridge, accountability } = town.roles;
		const metrics = await Promise.all([
			...[...homes.values()].map(metricsOf),
			...[provisioner, bridge, accountability].map((role) => role.metrics.metrics()),
		]);
		writeFileSync(join(data, 'metrics.txt'), metrics.join(''));
		await town.close();
		await ils.close();
		quiet();
		writeFileSync(join(data, 'error-output.txt'), errors.join(''));
		files = filesBelow(data);
	});
	after(() => rmSync(data, { recursive: true, force: true }));

	it('nothing: not in a database, not in a folder, not in a log, an error output or a metric, whatever went right or wrong', () => {
		const kinds = ['postgres', 'branch.sqlite', 'understory.log', 'accountability', 'sso-bridge'];
		kinds.push('metrics.txt', 'error-output.txt');
		for (const name of [
			'understory_open_branches',
			'understory_sign_in_alerts',
			'understory_logs_not_published',
		])
			expect(readFileSync(join(data, 'metrics.txt'), 'utf8')).to.include(name);
		for (const kind of kinds)
			expect(
				[...files.keys()].some((file) => file.includes(kind)),
				`${kind} was searched`,
			).to.equal(true);
		const log = readFileSync(join(data, 'understory.log'), 'utf8');
		expect(log.split('\n').length, 'the log was written').to.be.greaterThan(20);
		const found = [...files].flatMap(([file, content]) => {
			const bytes = content.toString('latin1');
			return [...traces(), code, code.replaceAll('-', '')]
				.filter((trace) => bytes.includes(trace))
				.map((trace) => `${file.slice(data.length)}: ${trace.slice(0, 12)}`);
		});
		const known = [...files].filter(([, content]) => content.includes('otter'));
		expect(known, 'what is written is found by this search').to.not.be.empty;
		expect(found).to.deep.equal([]);
	});

	it('and two branches keep nothing of one person by which they could find out that it is one', () => {
		const [here, there] = kept as [ReadonlySet<string>, ReadonlySet<string>];
		for (const branch of kept) expect([...branch].some((text) => /^[a-z2-7]{26}$/.test(text))).to.equal(true);
		const both = [...here].filter((text) => there.has(text));
		// The library that both are of, what is true of most people, and how cookies are set.
		const ofEverybody = ['adult', 'branch', 'conduct@1', 'en', 'followers', 'full', 'person'];
		expect(both.toSorted()).to.deep.equal([issuer, ...ofEverybody, '/', 'lax'].toSorted());
	});
});

/** What a home tells whoever watches over it. */
async function metricsOf({ internalUrl }: { readonly internalUrl: string }): Promise<string> {
	const { port, host } = new URL(internalUrl);
	return (await call(Number(port), 'GET', '/metrics', { host })).body as string;
}

/** Every text in the rows about a person of a branch, and in their open sessions. */
function keptOf(data: string, handle: string): ReadonlySet<string> {
	const texts = new Set<string>();
	const take = (value: unknown): void => {
		if (typeof value === 'object' && value !== null) Object.values(value).forEach(take);
		if (typeof value !== 'string' || value === '') return;
		texts.add(value);
		if (value.startsWith('{')) take(JSON.parse(value));
		// An ID token: what it says, and not only how it is written.
		const [, claims] = /^eyJ[\w-]+\.([\w-]+)\.[\w-]+$/.exec(value) ?? [];
		if (claims) take(JSON.parse(Buffer.from(claims, 'base64url').toString()));
	};
	for (const file of [...filesBelow(data).keys()].filter((one) => one.endsWith('branch.sqlite'))) {
		const database = new DatabaseSync(file, { readOnly: true });
		const person = database.prepare('select * from person where handle = ?').get(handle);
		if (person) {
			take(person);
			for (const row of database.prepare('select data from session').all()) take(row);
		}
		database.close();
	}
	return texts;
}
