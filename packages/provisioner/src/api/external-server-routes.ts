import * as servers from './external-servers.ts';
import { apart, IT, LIBRARY, LOOK, type Route, row } from './route.ts';

/** The lines about servers that a library runs besides its branches. */
export const externalServerRoutes: readonly Route[] = [
	row(
		'get',
		`${LIBRARY}/external-servers`,
		'listExternalServers',
		'The servers on other software that the library runs besides its branches, and whether they can be read',
		LOOK,
		null,
		[200, 'ExternalServers'],
		servers.list,
	),
	apart(
		row(
			'post',
			`${LIBRARY}/external-servers:preview`,
			'previewExternalServer',
			'Ask a server what it says of itself, and keep nothing',
			IT,
			'ExternalServerAddress',
			[200, 'ExternalServerPreview'],
			servers.preview,
		),
	),
	apart(
		row(
			'post',
			`${LIBRARY}/external-servers`,
			'addExternalServer',
			'List a server that was looked at; the digest is the one of the preview',
			IT,
			'NewExternalServer',
			[201, 'ExternalServer'],
			servers.add,
		),
	),
	apart(
		row(
			'post',
			`${LIBRARY}/external-servers/{server}/checks`,
			'checkExternalServer',
			'Ask a server now, and not only once a day',
			IT,
			null,
			[200, 'ExternalServer'],
			servers.check,
		),
	),
	row(
		'delete',
		`${LIBRARY}/external-servers/{server}`,
		'removeExternalServer',
		'List a server no more',
		IT,
		null,
		[204, null],
		servers.remove,
	),
];
