import { Malformed } from '@understory/core/errors.ts';
import {
	SIGN_IN_ALERTS,
	type SignInAlert,
	type SignInAlertsReport,
} from '@understory/core/sign-in-alerts.ts';
import type { Context } from '../context.ts';
import { alertsOf, keepAlerts } from '../store/sign-in-alerts.ts';
import { isUuid } from '../store/uuid.ts';

/** What was so within this time is shown as trouble of now, in milliseconds: sign-in may rest for a night. */
export const NOW_MS = 86_400_000;

/** An alert, and whether it is of the last day. */
export type ShownAlert = SignInAlert & { readonly now: boolean };

/** What library IT should know of sign-in at a library, of the last thirty days. */
export async function shownAlerts(context: Context, library: { readonly id: string }): Promise<ShownAlert[]> {
	const after = context.clock.now() - NOW_MS;
	return (await alertsOf(context.database, library.id)).map((alert) => ({
		...alert,
		now: alert.last > after,
	}));
}

/** Takes what the bridge tells. Throws `Malformed`. */
export async function takeAlerts(context: Context, body: unknown): Promise<void> {
	const { library, alerts } = (body ?? {}) as SignInAlertsReport;
	const inForm =
		isUuid(String(library)) &&
		Array.isArray(alerts) &&
		new Set(alerts.map((alert) => alert?.kind)).size === alerts.length &&
		alerts.every(
			(alert) =>
				SIGN_IN_ALERTS.includes(alert?.kind) &&
				Number.isSafeInteger(alert.since) &&
				Number.isSafeInteger(alert.last),
		);
	if (!inForm) throw new Malformed('This is no list of alerts.');
	const told = alerts.map(({ kind, since, last }) => ({ kind, since, last }));
	await keepAlerts(context.database, library, told);
}
