import type { Context } from '../context.ts';
import { feedLinks, frame } from '../pages/frame.ts';
import { createReading } from '../pages/reading.ts';
import type { Library } from '../registers.ts';
import type { Asked, SitePage } from './pages.ts';
import type { Kept } from './shelf.ts';

/** The path under which a page stands on the site: as its file, without the endings that only files need. */
function pathOf(file: string): string {
	return `/${file.replace(/(^|\/)index$/, '')}`;
}

/**
 * A page of a library's site in a language, from its file where nothing it hangs on has changed. `path` is where it was asked for. Throws
 * what the page throws: `NotFound` for what is not there.
 */
export async function keptPage(
	context: Context,
	library: Library,
	page: SitePage,
	given: { readonly language: string; readonly asked: Asked },
): Promise<Kept | string> {
	const { design, clock, sample, editions, shelf, formats } = context;
	const { language, asked } = given;
	const reading = createReading(design, library, language, clock.now(), formats);
	const edition = await editions.now(library);
	const file = page.file(asked, edition);
	async function make(): Promise<string> {
		const { view = page.view, linked, alternate, ...data } = await page.show(context, reading, asked);
		const site = frame(reading, file === null ? (page.path?.(asked) ?? '/') : pathOf(file), sample);
		const own = alternate ? feedLinks(alternate.at, alternate.title) : [];
		const around = {
			...site,
			feeds: [...own, ...(site.feeds ?? [])],
			title: data.title,
			...(page.script ? { script: page.script } : {}),
			...(linked ? { linked } : {}),
		};
		return design.render(`accountability/${view}`, { ...data, page: around }, reading.reader);
	}
	if (file === null) return make();
	const day = reading.today;
	const of = [
		library.register.version,
		page.with === 'day' ? day : day.slice(0, 4),
		page.of(asked, edition, context, reading),
	].join(' ');
	return shelf.get({ library: library.id, file: `${language}/${file}.html`, of, make });
}
