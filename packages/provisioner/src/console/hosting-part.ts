import { momentIn } from '@understory/core/calendar.ts';
import type { Door } from '@understory/core/door.ts';
import { BadInput } from '@understory/core/errors.ts';
import { dateInWords, keptFormats } from '@understory/design/when.ts';
import type { Context } from '../context.ts';
import { hosted } from '../hosting/hosted.ts';
import { factsOf } from '../hosting/keep-hosting.ts';
import { nameHost, waitForHost } from '../services/hosting.ts';
import { hostingRows } from '../store/hosting.ts';
import type { Found } from './settings-pages.ts';

type Form = Readonly<Record<string, string | undefined>>;
type Asked = Parameters<typeof nameHost>[4];

const formats = keptFormats();
const STEPS = ['quiet', 'closing', 'over'] as const;
/** How the API's fields are called on a page that has another `until` already. */
const FIELDS: Readonly<Record<string, string>> = { until: 'rota_until' };

/** Who hosts a branch, until when, and what is announced while nobody does; null for one that has no door or is closed for good. */
export async function hostingShown(
	context: Context,
	{ library, branch }: Found,
	{ language, form }: { readonly language: string; readonly form: Form },
): Promise<object | null> {
	const [row] = await hostingRows(context.database, branch.id);
	if (row === undefined || row.door === null || branch.stage === 'retired') return null;
	const now = context.clock.now();
	const day = (at: number) => dateInWords(at, { language, zone: library.zone, now }, formats);
	const facts = factsOf(row, now);
	const { reason } = hosted({ ...facts, zone: library.zone }, now);
	const { plan, until } = facts;
	const passed = { open: 0, quiet: 1, closing: 2 }[branch.stage as string] ?? 0;
	return {
		says: `conditions.Hosted.${reason}.says`,
		host: row.door.host,
		until: until !== null && now < until ? day(until - 1) : null,
		since: plan && day(plan.since),
		steps:
			plan === null
				? []
				: STEPS.slice(passed).map((step) => ({ key: `life.hosting.${step}`, day: day(plan[step]) })),
		waits: plan !== null,
		form: {
			...{
				host: form.host ?? '',
				place: form.place ?? row.door.place,
				deputy: form.deputy ?? row.door.deputy,
			},
			...{ rota_until: form.rota_until ?? '', wait_until: form.wait_until ?? '' },
		},
	};
}

/** Somebody was found: the form has their name, the place, the deputy and perhaps a last day; hours and phone stay as they are. */
export async function nameHostByForm(
	context: Context,
	{ library, branch }: Found,
	form: Form,
	asked: Asked,
): Promise<void> {
	const { host = '', place = '', deputy = '', rota_until: until = '' } = form;
	const door = {
		...branch.door,
		host: host.trim(),
		place: place.trim(),
		deputy: deputy.trim(),
		until: until.trim() || null,
	};
	await onItsFields(FIELDS, () => nameHost(context, library, branch, door as Partial<Door>, asked));
}

/** Puts off what comes next to the beginning of a day in the library's time. */
export async function waitByForm(
	context: Context,
	{ library, branch }: Found,
	form: Form,
	asked: Asked,
): Promise<void> {
	const until = momentIn(library.zone, form.wait_until?.trim() ?? '', '00:00') ?? undefined;
	await onItsFields({ until: 'wait_until' }, () => waitForHost(context, branch, until, asked));
}

/** Does something, and names faults as the fields of the form are named. */
async function onItsFields(names: Readonly<Record<string, string>>, act: () => Promise<void>): Promise<void> {
	try {
		await act();
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		const faults = error.faults.map(({ field, text }) => ({ field: names[field] ?? field, text }));
		throw new BadInput(error.message, faults);
	}
}
