import type { Cell, CellChange, NewCell } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';

interface Given {
	readonly takes?: string;
	readonly library?: string[];
	readonly homes?: string;
	readonly branches?: string;
	readonly perMinute?: string;
	readonly atOnce?: string;
}

/** `understory cell …`: the clusters of a platform, and what each may hold. */
export function cellCommands(program: Command, session: Session): void {
	const cell = program
		.command('cell')
		.description('the clusters that homes are started in, and what each may hold');
	cell
		.command('list')
		.description('list the cells in the order they are filled')
		.action(async () => {
			const { items } = await session.api().call('listCells');
			session.show(['cell', 'homes', 'of', 'branches', 'most', 'takes', 'libraries'], items, rowOf);
		});
	withSettings(cell.command('add').argument('<name>', 'also the name of its kubeconfig'))
		.description('add a cell')
		.action(async (name: string, given: Given) => {
			const body: NewCell = { name, ...settingsIn(given) };
			const made = await session.api().call('addCell', { body });
			session.showOne(made, rowOf(made));
		});
	withSettings(cell.command('change').argument('<name>'))
		.description('change what a cell takes; what lives there stays')
		.action(async (name: string, given: Given) => {
			const body = settingsIn(given);
			if (Object.keys(body).length === 0)
				throw new BadInput('Say what is to be changed, such as --homes 1000.');
			const changed = await session.api().call('changeCell', { params: { cell: name }, body });
			session.showOne(changed, rowOf(changed));
		});
	cell
		.command('remove')
		.argument('<name>')
		.description('take a cell away in which nobody lives; what is left there is said')
		.action(async (name: string) => {
			await session.api().call('removeCell', { params: { cell: name } });
			session.say(`${name} is taken away.\n`);
		});
}

function withSettings(command: Command): Command {
	return command
		.option('--takes <kind>', 'any, shared or dedicated homes; "none" while it is emptied')
		.option(
			'--library <slug...>',
			'only these libraries, which then live nowhere else; "none" for every other',
		)
		.option('--homes <number>', 'the most homes, or "none" for no limit')
		.option('--branches <number>', 'the most branches, or "none"')
		.option('--per-minute <number>', 'homes started in a minute, or "none"')
		.option('--at-once <number>', 'homes on their way at once, or "none"');
}

function settingsIn(given: Given): CellChange {
	const limits = {
		most_homes: given.homes,
		most_branches: given.branches,
		starts_per_minute: given.perMinute,
		starts_at_once: given.atOnce,
	};
	const said = Object.entries(limits).flatMap(([name, text]) =>
		text === undefined ? [] : [[name, limitIn(text)]],
	);
	const libraries = given.library?.filter((slug) => slug !== 'none');
	return {
		...Object.fromEntries(said),
		...(given.takes === undefined ? {} : { takes: given.takes as CellChange['takes'] }),
		...(libraries && { libraries }),
	};
}

function limitIn(text: string): number | null {
	if (text === 'none') return null;
	if (!/^\d+$/.test(text)) throw new BadInput(`Write a number or none, not "${text}".`);
	return Number(text);
}

function rowOf(cell: Cell) {
	return {
		...{ cell: cell.name, homes: cell.homes, of: cell.most_homes, branches: cell.branches },
		...{ most: cell.most_branches, takes: cell.takes, libraries: cell.libraries.join(' ') },
	};
}
