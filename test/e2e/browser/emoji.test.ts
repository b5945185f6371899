import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { type Bed, createBed } from '../../../packages/branch/test/bed.ts';
import { actorOf, createNote, PUBLIC, signed } from '../../../packages/branch/test/wire.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { openBrowser } from './browser.ts';

const CARLA = { slug: 'south', handle: 'carla' };
const CONTEXT = [
	'https://www.w3.org/ns/activitystreams',
	{ toot: 'http://joinmastodon.org/ns#', Emoji: 'toot:Emoji' },
];

describe('emoji of other servers in a browser', function () {
	this.timeout(120_000);
	let bed: Bed;
	let browser: Browser;
	let page: Page;
	let asked: string[];

	before(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		await bed.settle();
		const ana = await bed.branch('north').join('ana');
		await bed.branch('south').join('carla');
		const side = { width: 128, height: 128, channels: 4, background: '#fb3' } as const;
		const png = await sharp({ create: side }).png().toBuffer();
		bed.serve('files', (request, response) => {
			const there = !request.url!.includes('gone');
			response.writeHead(there ? 200 : 404, { 'content-type': 'image/png' }).end(there ? png : '');
		});
		const emoji = (name: string) => ({
			type: 'Emoji',
			name: `:${name}:`,
			icon: { type: 'Image', url: `http://files.test.localhost:${bed.port}/${name}.png` },
		});
		const tag = [emoji('happy'), emoji('gone')];
		const actor = await actorOf(bed, CARLA);
		const note = await createNote(bed, CARLA, {
			id: 'one',
			to: [PUBLIC],
			content: '<p>Plums :happy: and :gone: too</p>',
		});
		const profile = {
			id: `${actor}#profile`,
			type: 'Update',
			actor,
			to: [PUBLIC],
			object: {
				id: actor,
				type: 'Person',
				preferredUsername: 'carla',
				name: 'Carla :happy: Reyes',
				inbox: `${actor}/inbox`,
				tag,
			},
		};
		for (const activity of [{ ...note, object: { ...(note.object as object), tag } }, profile]) {
			const inbox = `${bed.branch('north').origin}/ap/inbox`;
			const answer = await signed(bed, CARLA, 'POST', inbox, { ...activity, '@context': CONTEXT });
			expect(answer.status, answer.body).to.equal(202);
		}
		browser = await openBrowser();
		const context = await browser.newContext({ viewport: { width: 1280, height: 2400 } });
		const [name, value] = ana.cookie!.split('=') as [string, string];
		await context.addCookies([{ name, value, url: bed.branch('north').origin }]);
		page = await context.newPage();
		asked = [];
		page.on('request', (request) => void asked.push(new URL(request.url()).host));
	});
	after(async () => {
		await browser?.close();
		await bed?.close();
	});

	const drawn = () =>
		page
			.locator('article img.emoji')
			.evaluateAll((all) =>
				(all as HTMLImageElement[]).map(({ alt, naturalWidth, offsetHeight }) => [
					alt,
					naturalWidth > 0,
					offsetHeight < 40,
				]),
			);

	it('are drawn no higher than a line, asked of the branch alone; the name stands where there is none', async () => {
		const { origin } = bed.branch('north');
		await page.goto(`${origin}/home`, { waitUntil: 'networkidle' });
		expect(await drawn()).to.deep.equal([
			[':happy:', true, true],
			[':happy:', true, true],
			[':gone:', false, true],
		]);
		await page.reload({ waitUntil: 'networkidle' });
		expect(await drawn()).to.deep.equal([
			[':happy:', true, true],
			[':happy:', true, true],
		]);
		expect(await page.locator('article .said').innerText()).to.contain('and :gone: too');
		expect([...new Set(asked)]).to.deep.equal([new URL(origin).host]);
		await expectAccessible(page, 'emoji');
	});
});
