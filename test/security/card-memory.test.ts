import { randomBytes } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import type { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IlsPatron } from '@understory/sip2/deck.ts';
import { type Ils, startIls } from '@understory/sip2/server.ts';
import { expect } from 'chai';
import { type TestLibrary, testLibrary } from '../../packages/sso-bridge/test/fixtures/library.ts';
import {
	startProvisioner,
	type TestProvisioner,
} from '../../packages/sso-bridge/test/fixtures/provisioner.ts';
import { freePort } from '../../packages/town/src/postgres-process.ts';
import { freshDatabase } from '../../packages/town/src/test-postgres.ts';
import type { BridgeTold } from '../bench/sign-in/bridge.ts';
import { type Answer, connections, Patron } from '../bench/sign-in/patron.ts';
import { type RoleProcess, startProcess } from '../bench/sign-in/processes.ts';
import { foundInMemory } from './memory-of.ts';

const OTHERS = 100;
/** Values that stand nowhere by chance; none is in the process but by a sign-in. */
const MARKED = {
	card: '27182818284590',
	pin: 'Zaunkoenig4711',
	name: 'Quackenbush, Ottilie',
	born: '19530717',
	expires: '20310429',
	state: 'good',
	kind: 'adult',
	internalId: 'ils-161803398',
	address: '1599 Vineyard Sentinel Way',
	email: 'ottilie.sentinel@example.org',
	phone: '555-0142-7731',
} as const satisfies IlsPatron;
const WRONG_PIN = 'Wiedehopf0815';
const TYPED = [MARKED.pin, WRONG_PIN, MARKED.card];
/** What the catalogue says besides, of which nothing was asked for. */
const UNASKED = [MARKED.name, MARKED.address, MARKED.email, MARKED.phone];
const OF_THE_PERSON = [...TYPED, ...UNASKED, MARKED.born, MARKED.internalId];

/**
 * The bridge is a process of its own, whose memory is looked at from outside as a dump would show it; what JavaScript itself still holds is in its heap snapshot.
 * What is promised is tested; what is not (bytes that nobody holds any more and nobody overwrote) is counted, and told in docs/library-it/privacy.md.
 */
describe('what a sign-in leaves in the memory of the bridge', function () {
	this.timeout(300_000);
	const folder = mkdtempSync(join(tmpdir(), 'understory-memory-'));
	const counted: Record<string, Record<string, number>> = {};
	let agent: Agent;
	let library: TestLibrary;
	let ils: Ils;
	let provisioner: TestProvisioner;
	let bridge: RoleProcess<{ port: number }>;

	before(async () => {
		agent = connections();
		const port = await freePort();
		library = testLibrary('salem', port, ['belmont']);
		const others = Array.from({ length: OTHERS }, (_, at) => ({ ...MARKED, ...other(at) }));
		ils = await startIls({ deck: [MARKED, ...others] });
		provisioner = await startProvisioner(() => [library], Date.now);
		bridge = await startProcess<BridgeTold, { port: number }>('bridge.ts', {
			port,
			databaseUrl: await freshDatabase('sso_bridge'),
			folder: join(folder, 'bridge'),
			platform: { url: provisioner.url, token: provisioner.token },
			master: randomBytes(32).toString('hex'),
			signIn: {
				version: 1,
				state: 'live',
				connector: { kind: 'sip2', host: '127.0.0.1', port: ils.port, reads_patron: true },
			},
		});
		await signIn(other(0), 0);
	});
	after(async () => {
		agent?.destroy();
		await bridge?.end();
		await Promise.all([ils?.close(), provisioner?.die()]);
		rmSync(folder, { recursive: true, force: true });
	});

	/** Everybody comes from an address of their own. */
	async function signIn({ card, pin }: { card: string; pin: string }, from: number): Promise<Answer> {
		const patron = new Patron(agent, `10.0.${from >> 8}.${from & 255}`);
		const page = await patron.open('GET', new URL('/you', library.origin));
		return patron.send(page, { card, pin });
	}
	async function inHeap(texts: readonly string[]): Promise<string[]> {
		const file = join(folder, 'heap');
		await bridge.snapshot(file);
		let before = '';
		const found = new Set<string>();
		for await (const chunk of createReadStream(file, 'latin1')) {
			const text = before + chunk;
			for (const one of texts) if (text.includes(one)) found.add(one);
			before = text.slice(-100);
		}
		return [...found];
	}
	const count = (when: string) => {
		counted[when] = Object.fromEntries(foundInMemory(bridge.pid, OF_THE_PERSON));
	};

	it('the search finds what is there', async () => {
		expect(await inHeap([library.record.name])).to.deep.equal([library.record.name]);
		expect(foundInMemory(bridge.pid, [library.record.name]).get(library.record.name)).to.be.greaterThan(0);
		count('before');
		for (const text of OF_THE_PERSON) expect(counted.before![text], text).to.equal(0);
	});

	it('nothing that JavaScript holds, once the answer was sent: no card, no PIN, right or wrong, and nothing of the person', async () => {
		expect((await signIn({ card: MARKED.card, pin: WRONG_PIN }, 1_001)).status).to.equal(422);
		expect((await signIn(MARKED, 1_002)).url.pathname).to.equal('/you');
		expect(ils.asked(MARKED.card)).to.equal(2);
		count('when the answer was sent');
		expect(await inHeap(OF_THE_PERSON)).to.deep.equal([]);
		count('after the garbage was collected');
	});

	it('not one byte of what nobody asked the catalogue for: the name, the address, the e-mail, the telephone', () => {
		for (const [when, found] of Object.entries(counted))
			for (const text of UNASKED) expect(found[text], `${text} ${when}`).to.equal(0);
	});

	it(`of card and PIN no more than before, when ${OTHERS} others have signed in after them`, async () => {
		for (let at = 1; at < OTHERS; at += 1)
			expect((await signIn(other(at), at)).status, String(at)).to.equal(200);
		count('after the others');
		for (const text of TYPED) {
			const before = counted['after the garbage was collected']![text]!;
			expect(counted['after the others']![text], text).to.be.at.most(before);
		}
	});
});

function other(at: number) {
	const number = String(at).padStart(4, '0');
	return {
		card: `3141592653${number}`,
		pin: `Other${number}pin`,
		internalId: `other-${at}`,
		name: `Somebody, ${at}`,
		address: `${at} Elsewhere`,
		email: `o${at}@example.org`,
		phone: `555-${number}`,
		born: '19600101',
	} as const;
}
