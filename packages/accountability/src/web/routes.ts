import { jsonBody } from '@understory/http/app.ts';
import { standaloneCheck } from '@understory/transparency-log/standalone.ts';
import type { Express } from 'express';
import type { Context } from '../context.ts';
import { CHAPTERS } from '../data/chapters.ts';
import { CHECK_SCRIPT, checkScript } from '../pages/check-page.ts';
import { DOCUMENTS } from '../site/documents.ts';
import { chooseFirst, serveFeed } from './choice-handlers.ts';
import { serveContacts, serveDocument, serveRoster, serveSchema, serveSecurity } from './data-handlers.ts';
import { submitEntry } from './entries-handler.ts';
import { serveExternal } from './external-handler.ts';
import { forLibrary } from './library-handler.ts';
import { serveCheckpoint, serveTile, serveYearBefore, serveYearBeforeProof } from './log-handlers.ts';
import { serveScript, showPage } from './page-handlers.ts';
import { findPolicy, servePolicy } from './policy-handlers.ts';
import { serveDisclosures, serveEntry, serveProof } from './statement-files.ts';
import { addCheckpoint, checkpointBody, serveWitnessed, serveWitnessKey } from './witness-handlers.ts';

/** An entry of 65,535 bytes may be twice as long inside JSON; the disclosures and the rest fit beside it. */
const SUBMISSION_LIMIT = 393_216;

/** Every address of the site (DESIGN section 8). */
export function addRoutes(app: Express, context: Context): void {
	const at = forLibrary(context.registers);

	app.post('/entries', jsonBody(SUBMISSION_LIMIT), at(submitEntry(context)));

	app.post('/witness/add-checkpoint', checkpointBody(), at(addCheckpoint(context)));
	app.get('/witness', at(serveWitnessKey(context)));
	app.get('/witness/:hash/checkpoint', at(serveWitnessed(context)));

	app.get('/log/:year/checkpoint', at(serveCheckpoint(context)));
	app.get('/log/:year/year-before', at(serveYearBefore(context)));
	app.get('/log/:year/year-before.tlog-proof', at(serveYearBeforeProof(context)));
	app.get('/log/:year/tile/*path', at(serveTile(context)));

	app.get('/statements/:id.tlog-proof', at(serveProof(context)));
	app.get('/statements/:id.json', at(serveEntry(context)));
	app.get('/disclosures/:id.json', at(serveDisclosures(context)));

	app.get('/', at(showPage(context, 'home')));
	app.get('/branches/:host', at(showPage(context, 'branch')));
	app.get('/branches/:host/contacts.json', at(serveContacts(context)));
	app.get('/branches/:host/contacts', at(showPage(context, 'contacts')));
	app.get('/branches/:host/versions/:version.json', at(serveExternal(context)));
	app.get('/branches/:host/versions/:version', at(showPage(context, 'external')));
	app.get('/policies/:id', at(findPolicy(context)));
	app.get('/policies/:id/:version.json', at(servePolicy(context)));
	app.get('/policies/:id/:version', at(showPage(context, 'policy')));
	app.get('/statements', at(chooseFirst(showPage(context, 'statements'))));
	app.get('/statements/*choice/feed.:form', at(serveFeed(context)));
	app.get('/statements/:id', at(showPage(context, 'statement')));
	app.get('/statements/*choice', at(showPage(context, 'found')));
	app.get(['/council', '/council/:quarter'], at(showPage(context, 'council')));
	app.get('/audits', at(showPage(context, 'audits')));
	for (const name of CHAPTERS) app.get(`/${name}`, at(showPage(context, name)));
	app.get('/methods', at(showPage(context, 'methods')));
	app.get('/verify', at(showPage(context, 'verify')));
	app.get('/verify/check', at(showPage(context, 'check')));
	app.get(CHECK_SCRIPT, at(serveScript(checkScript())));
	app.get('/verify/check-proof.mjs', at(serveScript(standaloneCheck('check-proof'))));
	app.get('/verify/check-log.mjs', at(serveScript(standaloneCheck('check-log'))));

	app.get('/data', at(showPage(context, 'data')));
	for (const name of Object.keys(DOCUMENTS)) app.get(`/${name}`, at(serveDocument(context, name)));
	app.get('/schemas/entry-v1.json', at(serveSchema()));
	app.get('/.well-known/security.txt', at(serveSecurity(context)));
	app.get('/neighborhoods/:id/roster', at(serveRoster(context)));
}
