import { demoDeck } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import type { Seen } from '../../../test/e2e/visitor.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';

/** The recovery code that a page shows. */
function codeOn(page: Seen): string {
	return /(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}/.exec(page.text)![0];
}

describe('a library whose catalogue has no id but the card', () => {
	let bed: Bed;
	let belmont: BranchClient;
	before(async () => {
		const deck = demoDeck('bed').map(({ internalId: _none, ...patron }) => patron);
		bed = await startBed({ deck });
		belmont = await branchClient(bed, bed.salem, 'belmont');
	});
	after(() => bed?.close());
	beforeEach(() => bed.clock.advance(16 * 60_000));

	async function give(values: Record<string, string>, language = 'en') {
		const visitor = visitorOf(bed, language);
		const begun = await belmont.begin();
		const page = await visitor.send(await visitor.open(begun.url), '/sign-in/', values);
		return { visitor, begun, page };
	}
	async function onward({ visitor, begun, page }: Awaited<ReturnType<typeof give>>) {
		const next = /href="([^"]+\/auth\/[^"]+)"/.exec(page.html)?.[1];
		const back = next === undefined ? page : await visitor.open(next);
		return (await belmont.redeem(begun, back.url)).claims()!;
	}
	const card = (name: string) => ({ card: bed.person(name).card, pin: bed.person(name).pin });

	it('shows a recovery code at the first sign-in, once, and leads on to the branch', async () => {
		const first = await give(card('Okafor'));
		expect(first.page.status).to.equal(200);
		expect(first.page.text).to.include('Keep this code').and.include('I have it. Go on to Belmont');
		expect(first.page.headers['cache-control']).to.equal('no-store');
		const { sub } = await onward(first);
		const second = await give(card('Okafor'));
		expect(second.page.url).to.include(belmont.callback);
		expect((await onward(second)).sub).to.equal(sub);
		expect((await give(card('Lindqvist'), 'es')).page.text).to.include('Guarde este código');
	});

	it('carries the account over to a new card by that code, and gives the next one', async () => {
		const first = await give(card('Halvorsen'));
		const code = codeOn(first.page);
		const { sub } = await onward(first);
		const replaced = await give({ ...card('Aguilar'), code: code.toLowerCase() });
		expect(replaced.page.text).to.include('Here is your new code').and.include('works only once');
		expect(codeOn(replaced.page)).to.not.equal(code);
		expect((await onward(replaced)).sub).to.equal(sub);
		expect((await onward(await give(card('Halvorsen')))).sub, 'the old card, while it is good').to.equal(sub);
	});

	it('says that a code does not work before it asks the catalogue, and keeps what was typed', async () => {
		const { card: number, pin } = card('Tanaka');
		const before = bed.ils.asked(number);
		for (const code of ['ABCDE-FGHJK-MNPQR-STVWX', 'ABCDE-FGHJK', 'nothing']) {
			const { page } = await give({ card: number, pin, code });
			expect(page.status).to.equal(422);
			expect(page.text).to.include('That code does not work');
			expect(page.html).to.include(`value="${code}"`).and.include(`value="${number}"`);
			expect(page.html).to.include('<details open>');
		}
		expect(bed.ils.asked(number)).to.equal(before);
		expect((await give({ card: number, pin, code: 'x' }, 'es')).page.text).to.include('Ese código no sirve');
	});

	it('does not make two accounts one', async () => {
		const hers = await give(card('Nakagawa'));
		await onward(await give(card('Paik')));
		const both = await give({ ...card('Paik'), code: codeOn(hers.page) });
		expect(both.page.status).to.equal(422);
		expect(both.page.text).to.include('This card has an account already');
	});
});

describe('a library whose catalogue has ids of its own', () => {
	it('leads from the card page to the branch at once, on the first day too', async () => {
		const bed = await startBed();
		try {
			const belmont = await branchClient(bed, bed.salem, 'belmont');
			const visitor = visitorOf(bed);
			const { card, pin } = bed.person('Okafor');
			const page = await visitor.open((await belmont.begin()).url);
			const back = await visitor.send(page, '/sign-in/', { card, pin });
			expect(back.url).to.include(belmont.callback);
		} finally {
			await bed.close();
		}
	});
});
