import type { BranchRecord } from '@understory/core/register.ts';
import { isLive, type Stage } from '@understory/core/stage.ts';
import { drawMap } from './draw-map.ts';
import type { Reading } from './reading.ts';

/** What a dot looks like: full and round where people write now, a lozenge where they do with a reserve, a ring before, a cross after. */
const MARKS = ['open', 'other', 'ring', 'cross'] as const;
type Mark = (typeof MARKS)[number];

function markOf(stage: Stage): Mark {
	if (stage === 'open') return 'open';
	if (isLive(stage)) return 'other';
	return stage === 'retired' ? 'cross' : 'ring';
}

/**
 * The map of a library's branches as its template draws it, with what each mark means and how many branches it has not: those of which nobody
 * told where they stand. `drawn` is null when that is all of them.
 */
export function branchMap(reading: Reading) {
	const { library, reader, t, common } = reading;
	const { branches, external = [] } = library.register;
	const placed = branches.flatMap((branch) => {
		const { location, id, name } = branch;
		return location ? [{ id, name, location, branch, rank: MARKS.indexOf(markOf(branch.stage)) }] : [];
	});
	const drawing = drawMap(placed);
	const number = new Intl.NumberFormat(reader.language);
	const said = ({ name, stage }: BranchRecord) => t('map.dot', { name, stage: common(`stage.${stage}`) });
	const missing = branches.length - placed.length;
	return {
		drawn: drawing && {
			...drawing,
			alt: t('map.alt', { library: library.register.library.name }),
			dots: drawing.dots.map(({ x, y, here }) => {
				const [{ branch }] = here as [(typeof here)[number]];
				return here.length === 1
					? { x, y, mark: markOf(branch.stage), href: pageOf(branch), name: said(branch) }
					: {
							x,
							y,
							mark: 'many',
							href: '#branches',
							many: here.length,
							name: inOne(here.map((one) => one.branch)),
						};
			}),
			scale: [
				{
					...drawing.km,
					y: drawing.foot + 18,
					text: t('map.km', { number: number.format(drawing.km.number) }),
				},
				{
					...{ ...drawing.miles, y: drawing.foot + 38 },
					text: t('map.miles', { number: number.format(drawing.miles.number) }),
				},
			],
			north: { x: drawing.width - 40, y: drawing.foot + 24 },
			marks: MARKS.flatMap((mark) => {
				const stages = new Set(placed.map(({ branch }) => branch.stage));
				const words = [...stages].filter((stage) => markOf(stage) === mark).sort();
				return words.length > 0
					? [{ mark, text: words.map((stage) => common(`stage.${stage}`)).join(' / ') }]
					: [];
			}),
			many: drawing.dots.some(({ here }) => here.length > 1),
		},
		missing: missing === 0 ? null : t(drawing ? 'map.missing' : 'map.none', { count: missing }),
		external: drawing !== null && external.length > 0,
	};

	function inOne(here: readonly BranchRecord[]): string {
		const names = new Intl.ListFormat(reader.language, { type: 'unit' }).format(here.map(said));
		return t('map.many', { count: here.length, names });
	}
}

function pageOf({ origin }: BranchRecord): string {
	return `/branches/${new URL(origin).host}`;
}
