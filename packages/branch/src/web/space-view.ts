import { placesFor } from '../services/spaces.ts';
import type { Post } from '../store/posts.ts';
import { openSpaces, type Space, type SpaceMove, spaceById } from '../store/spaces.ts';
import { inLanguage } from './routes/about.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** One choice of a form: a space, or the main board. */
export interface PlaceView {
	readonly value: string;
	readonly label: string;
	readonly selected: boolean;
}

/** The spaces that are open, as they are linked; `at` is the one shown. */
export function spaceLinks(web: Web, visit: Visit, at: number | null = null) {
	return web.context.store.read((reading) =>
		openSpaces(reading).map(({ id, name }) => ({
			href: `/spaces/${id}`,
			name: inLanguage(name, visit),
			current: id === at,
		})),
	);
}

/** What a composer offers; nothing when no space is open, since then there is nothing to choose. */
export function spaceChoices(web: Web, visit: Visit, chosen: string): PlaceView[] {
	const spaces = web.context.store.read((reading) => openSpaces(reading));
	return spaces.length === 0 ? [] : placeViews(web, visit, [null, ...spaces], chosen);
}

/** Where a post can be moved to, but for what is `closed`. */
export function placesOf(
	web: Web,
	visit: Visit,
	post: Post,
	chosen: string,
	closed: ReadonlySet<number | null> = new Set(),
): PlaceView[] {
	const places = web.context.store.read((reading) => placesFor(reading, post));
	const open = places.filter((place) => !closed.has(place?.id ?? null));
	return placeViews(web, visit, open, chosen);
}

/** The space a post stands in, for the line above it; null on the main board. */
export function spaceOf(
	web: Web,
	visit: Visit,
	{ space }: Post,
): { readonly name: string; readonly href: string } | null {
	if (space == null) return null;
	return { name: placeName(web, visit, space), href: `/spaces/${space}` };
}

/** From where to where a decision moves a post, in words. */
export function movedWords(web: Web, visit: Visit, { was, now }: Pick<SpaceMove, 'was' | 'now'>): string {
	const [from, to] = [placeName(web, visit, was), placeName(web, visit, now)];
	return web.views.design.t(visit.language, 'spaces.moved', { from, to });
}

function placeName(web: Web, visit: Visit, id: number | null): string {
	const space = id === null ? undefined : web.context.store.read((reading) => spaceById(reading, id));
	return space ? inLanguage(space.name, visit) : web.views.design.t(visit.language, 'spaces.main');
}

function placeViews(web: Web, visit: Visit, places: readonly (Space | null)[], chosen: string): PlaceView[] {
	return places.map((place) => {
		const value = place ? String(place.id) : 'main';
		return { value, label: placeName(web, visit, place?.id ?? null), selected: value === chosen };
	});
}
