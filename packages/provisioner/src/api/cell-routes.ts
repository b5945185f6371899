import * as cells from './cells.ts';
import { ADMIN, apart, type Route, row } from './route.ts';

/** The cells of a platform: its clusters, with what each may hold. */
export const cellRoutes: readonly Route[] = [
	row(
		'get',
		'/cells',
		'listCells',
		'The cells of the platform, in the order they are filled',
		ADMIN,
		null,
		[200, 'Cells'],
		cells.list,
	),
	apart(row('post', '/cells', 'addCell', 'Add a cell', ADMIN, 'NewCell', [201, 'Cell'], cells.add)),
	row(
		'patch',
		'/cells/{cell}',
		'changeCell',
		'Change what a cell takes',
		ADMIN,
		'CellChange',
		[200, 'Cell'],
		cells.change,
	),
	apart(
		row(
			'delete',
			'/cells/{cell}',
			'removeCell',
			'Take a cell away in which nobody lives; its empty homes are stopped',
			ADMIN,
			null,
			[204, null],
			cells.remove,
		),
	),
];
