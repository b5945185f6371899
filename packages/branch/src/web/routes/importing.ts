import { BadInput, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { csvRow } from '../../services/csv.ts';
import { dropImport, startImport, takeImport } from '../../services/importing.ts';
import { IMPORT_KINDS, type Import, importBy, importsBy, rowsIn } from '../../store/imports.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { importView, reasonText } from '../import-view.ts';
import { fileNamesOf, filesOf } from '../multipart.ts';
import { field, goTo, part, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Bringing in what other software, or our own archive, wrote into files. */
export const IMPORT_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/you/import', need: 'person', run: (web, visit) => form(web, visit, NO_FAULTS) },
	{ method: 'post', path: '/you/import', need: 'person', run: take },
	{ method: 'get', path: '/you/import/:id', need: 'person', run: look },
	{ method: 'get', path: '/you/import/:id/left.csv', need: 'person', run: left },
	{ method: 'post', path: '/you/import/:id/start', need: 'person', run: start },
	{ method: 'post', path: '/you/import/:id/drop', need: 'person', run: drop },
];

function form(web: Web, visit: Visit, faults: FaultViews): void {
	const { t } = web.views.design;
	const failed = faults.list.length > 0;
	const chosen = IMPORT_KINDS.find((kind) => kind === field(visit, 'kind')) ?? 'following';
	const files = web.context.store.read((reading) => importsBy(reading, personOf(visit).id));
	show(
		web,
		visit,
		'import',
		{
			title: t(visit.language, 'import.title'),
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/you/import' }),
		},
		{
			faults,
			overwrite: field(visit, 'mode') === 'overwrite',
			kinds: IMPORT_KINDS.map((kind) => ({
				value: kind,
				label: t(visit.language, `import.kind.${kind}`),
				hint: t(visit.language, `import.file_name.${kind}`),
				checked: kind === chosen,
			})),
			files: files.map(({ id, kind, state, created }) => ({
				href: `/you/import/${id}`,
				label: t(visit.language, `import.kind.${kind}`),
				state: t(visit.language, `import.state.${state}`),
				at: created,
			})),
		},
	);
}

async function take(web: Web, visit: Visit): Promise<void> {
	const person = personOf(visit);
	const [path] = filesOf(visit.response);
	try {
		if (path === undefined) {
			throw new BadInput('There is no file.', [{ field: 'file', text: 'import_none' }]);
		}
		const kind = IMPORT_KINDS.find((one) => one === field(visit, 'kind'));
		if (!kind) throw new BadInput('Which kind is it?', [{ field: 'kind', text: 'import_kind' }]);
		const overwrite = field(visit, 'mode') === 'overwrite';
		const name = fileNamesOf(visit.response)[0] ?? '';
		const { id } = await takeImport(web.context, person, { path, name, kind, overwrite });
		goTo(visit, `/you/import/${id}`);
	} catch (error) {
		form(web, visit, faultViews(web, visit, error));
	}
}

function look(web: Web, visit: Visit): void {
	const one = importIn(web, visit);
	const title = web.views.design.t(visit.language, `import.heading.${one.kind}`);
	show(web, visit, 'import-one', { title, path: `/you/import/${one.id}` }, importView(web, visit, one));
}

/** Every line that was left, with why, to be mended and brought again. */
function left(web: Web, visit: Visit): void {
	const one = importIn(web, visit);
	const rows = web.context.store.read((reading) => rowsIn(reading, one.id, { state: 'left' }, 20_000));
	const lines = rows.map((row) =>
		csvRow([
			...(one.kind === 'lists' ? [row.list ?? ''] : []),
			row.subject,
			reasonText(web, visit, row.reason ?? ''),
		]),
	);
	visit.response
		.status(200)
		.type('text/csv')
		.set('content-disposition', `attachment; filename="${one.kind}-left.csv"`)
		.send(lines.join(''));
}

function start(web: Web, visit: Visit): void {
	const { id } = importIn(web, visit);
	startImport(web.context, personOf(visit), id);
	goTo(visit, `/you/import/${id}`);
}

function drop(web: Web, visit: Visit): void {
	const { id } = importIn(web, visit);
	dropImport(web.context, personOf(visit), id);
	goTo(visit, '/you/import');
}

function importIn(web: Web, visit: Visit): Import {
	const id = parseId(part(visit, 'id'));
	const one = id === null ? undefined : web.context.store.read((r) => importBy(r, personOf(visit).id, id));
	if (!one) throw new NotFound();
	return one;
}
