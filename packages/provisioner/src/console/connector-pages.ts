import { Conflict, PublicError } from '@understory/core/errors.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { type Request, type Response, Router } from 'express';
import { createBodyChecker } from '../api/body-checker.ts';
import { changeSignIn, type ShownSignIn } from '../services/sign-in.ts';
import type { LibraryRow } from '../store/rows.ts';
import {
	CONNECTOR_KINDS,
	type ConnectorForm,
	connectorForm,
	isCommon,
	withConnector,
} from './connector-form.ts';
import { formWords } from './connector-words.ts';
import { type ShownControl, shownControls } from './schema-form/shown.ts';
import { readTyped, type Typed, typedOf } from './schema-form/typed.ts';
import { type ConsoleKit, shownOrNull } from './sign-in-pages.ts';

interface Failed {
	readonly typed: Typed;
	readonly version: number;
	readonly error: PublicError;
}

/** `/libraries/{library}/sign-in/connector`: how the catalogue is reached, as a form for each kind, made from its schema. */
export function connectorPages({ context, show, wordsOf, libraryOf, tokenOf }: ConsoleKit): Router {
	const router = Router();
	const check = createBodyChecker()('SignInSettings');
	const path = '/libraries/:library/sign-in/connector';

	async function page(
		request: Request,
		response: Response,
		{ library, form, failed }: { library: LibraryRow; form: ConnectorForm; failed?: Failed },
	): Promise<void> {
		const shown = await shownOrNull(context, library);
		const known = knownOf(shown, form);
		const t = wordsOf(request, response);
		// That there is no canary at all is said at its first field.
		const faults = (failed?.error.faults ?? []).map(({ field, text }) => ({
			field: field === 'canaries' ? 'canaries.0.card' : field,
			text,
		}));
		const state = {
			typed: failed?.typed ?? known.typed,
			kept: known.kept,
			faults,
			words: formWords(t, form.kind),
		};
		const needed = (one: ShownControl) =>
			one.required ? { ...one, label: t('connector.needed', { what: one.label }) } : one;
		const all = shownControls(form.controls, state).map(needed);
		const canary = shownControls(form.canary, state);
		const more = all.filter((one) => !isCommon(one));
		const data = {
			name: library.name,
			library,
			kind: form.kind,
			kindName: t(`console.sign_in_settings.kind.${form.kind}`),
			kinds: CONNECTOR_KINDS.map((kind) => ({
				kind,
				label: t(`console.sign_in_settings.kind.${kind}`),
				here: kind === form.kind,
			})),
			lead: t.maybe(`connector.lead.${form.kind}`),
			controls: all.filter(isCommon),
			more,
			open: more.some(({ wrong }) => wrong),
			speaks: more.some((one) => one.speaks),
			canary,
			version: failed?.version ?? shown?.settings.version ?? 0,
			trouble: failed && troubleOf(failed.error),
			links: linksOf([...all, ...canary]),
		};
		show(request, response, 'connector', 'connector.title', data, failed?.error.status);
	}

	function formOf(kind: unknown, shown: ShownSignIn | null): ConnectorForm {
		return (
			connectorForm(String(kind ?? '')) ??
			connectorForm(shown?.settings.connector.kind ?? '') ??
			connectorForm(CONNECTOR_KINDS[0]!)!
		);
	}

	router.get(path, async (request, response) => {
		const library = await libraryOf(request, response);
		const form = formOf(request.query.kind, await shownOrNull(context, library));
		await page(request, response, { library, form });
	});

	router.post(path, async (request, response) => {
		const library = await libraryOf(request, response, true);
		const by = tokenOf(response, true).name;
		const shown = await shownOrNull(context, library);
		const typed = textsOf(request.body);
		const form = formOf(typed.kind, shown);
		const version = Number(typed.version) || 0;
		const { kept } = knownOf(shown, form);
		const connector = { kind: form.kind, ...readTyped(form.controls, typed, kept) };
		const canary = readTyped(form.canary, typed, kept);
		try {
			const wanted = withConnector(shown?.settings ?? null, { connector, canary, version: version + 1 });
			check(wanted);
			await changeSignIn(context, library, wanted as SignInSettings, by);
		} catch (error) {
			// Also while the bridge has not told its key: nothing that was typed is lost for that.
			if (!(error instanceof PublicError) || (error.status >= 500 && error.code !== 'no_bridge')) throw error;
			return page(request, response, { library, form, failed: { typed, version, error } });
		}
		response.redirect(303, `/libraries/${library.slug}/sign-in`);
	});
	return router;
}

/** What stands there of this kind of connection; nothing of another kind. */
function knownOf(shown: ShownSignIn | null, { kind, controls, canary }: ConnectorForm) {
	const settings = shown?.settings;
	const ours = typedOf(controls, settings?.connector.kind === kind ? settings.connector : null);
	const cards = typedOf(canary, settings?.canaries?.[0]);
	return { typed: { ...ours.typed, ...cards.typed }, kept: new Set([...ours.kept, ...cards.kept]) };
}

/** What was sent, as texts: one that came twice is none of ours. */
function textsOf(body: unknown): Typed {
	const fields = Object.entries((body ?? {}) as Record<string, unknown>);
	return Object.fromEntries(
		fields.filter((field): field is [string, string] => typeof field[1] === 'string'),
	);
}

/** What is wrong with the whole, where it is no fault of one field. */
function troubleOf(error: PublicError): string {
	if (error instanceof Conflict) return 'connector.trouble.changed';
	return error.code === 'no_bridge' ? 'connector.trouble.no_bridge' : 'connector.trouble.faults';
}

interface Linked {
	readonly id: string;
	readonly label: string;
	readonly fault: string | null;
	readonly parts: readonly Linked[];
	readonly rows: readonly { readonly id: string; readonly fault: string | null }[];
}

/** The fields with a fault, for the list above the form. */
function linksOf(controls: readonly Linked[]): { id: string; label: string; text: string }[] {
	return controls.flatMap(({ id, label, fault, parts, rows }) => [
		...(fault ? [{ id, label, text: fault }] : []),
		...rows.flatMap((row) => (row.fault ? [{ id: `${row.id}.value`, label, text: row.fault }] : [])),
		...linksOf(parts),
	]);
}
