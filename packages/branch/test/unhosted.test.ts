import type { Unhosted } from '@understory/core/hosting.ts';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';

const DAY = 86_400_000;

describe('a branch that nobody hosts', () => {
	let bed: Bed;
	let ana: Browser;
	let host: Browser;
	let plan: Unhosted;
	before(async () => {
		bed = await createBed(['north', 'south']);
		ana = await bed.branch('north').join('ana');
		bed.grant('staff-june', 'north');
		host = bed.branch('north').browser({ staff_id: 'staff-june' });
		const now = bed.clock.now();
		plan = { since: now, quiet: now + 14 * DAY, closing: now + 44 * DAY, over: now + 134 * DAY };
	});
	after(() => bed.close());
	const at = async (path: string, reader = bed.branch('north').browser(), language = 'en') =>
		(await reader.get(path, { 'accept-language': language })).body;
	const TITLE = {
		open: 'Nobody hosts this branch just now',
		quiet: 'This branch is quiet',
		closing: 'This branch closes',
	};

	it('says nothing while somebody does', async () => {
		bed.change('north', { stage: 'open' });
		for (const title of Object.values(TITLE)) expect(await at('/')).to.not.contain(title);
	});

	it('each announced step stands on the front page, the board and the page about it, with its day, in both languages', async () => {
		for (const [stage, day, es] of [
			['open', plan.quiet, 'nadie atiende esta sucursal'],
			['quiet', plan.closing, 'está en silencio'],
			['closing', plan.over, 'Esta sucursal cierra'],
		] as const) {
			bed.change('north', { stage, unhosted: plan });
			for (const body of [
				await at('/'),
				await at('/about'),
				await at('/home', ana),
				await at('/staff', host),
			]) {
				expect(body, stage).to.contain(TITLE[stage]);
				expect(body, stage).to.contain(`<time datetime="${new Date(day).toISOString().slice(0, 10)}`);
			}
			expect(await at('/', undefined, 'es'), stage).to.contain(es);
		}
	});

	it('when the time is over no day is named any more; and where a person announced the closing none is either', async () => {
		bed.change('north', { stage: 'closing', unhosted: { ...plan, over: bed.clock.now() } });
		expect(await at('/')).to.contain('any day');
		bed.change('north', { stage: 'closing', unhosted: undefined });
		expect(await at('/'))
			.to.contain('The library announced')
			.and.to.not.contain('because nobody hosts it');
	});

	it('in quiet and closing people find how to take their things and how to move', async () => {
		bed.change('north', { stage: 'quiet', unhosted: plan });
		expect(await at('/home', ana))
			.to.contain('href="/you/leave"')
			.and.to.contain('href="/you/move"');
		expect((await ana.get('/you/leave')).status).to.equal(200);
		expect((await ana.get('/you/move')).status).to.equal(200);
	});

	it('in quiet people write as before, nobody new joins, and nothing new leaves', async () => {
		bed.befriend('north', 'south');
		const delivered = async (word: string) => {
			await ana.write(word, 'neighborhood');
			await bed.settle();
			return bed.sent.some(({ url, body }) => url.endsWith('/inbox') && body.includes(word));
		};
		bed.change('north', { stage: 'open', unhosted: plan });
		expect(await delivered('xq-outside')).to.equal(true);
		bed.change('north', { stage: 'quiet', unhosted: plan });
		expect(await delivered('xq-inside')).to.equal(false);
		expect(await at('/home', ana)).to.contain('xq-inside');
		await bed
			.branch('north')
			.join('late')
			.then(
				() => expect.fail('somebody joined'),
				() => undefined,
			);
	});

	it('hosts read thirty days before when the rota ends, and nobody else does', async () => {
		bed.change('north', { stage: 'open', unhosted: undefined, hosted_until: bed.clock.now() + 31 * DAY });
		expect(await at('/staff', host)).to.not.contain('The rota of your branch ends');
		bed.change('north', { hosted_until: bed.clock.now() + 29 * DAY });
		expect(await at('/staff', host)).to.contain('The rota of your branch ends');
		for (const body of [await at('/'), await at('/home', ana)]) expect(body).to.not.contain('The rota');
	});
});
