import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** `asked`: the organizer has not answered. `refused`: it is full, or the organizer said no. */
export type Coming = 'coming' | 'asked' | 'refused';

/** That somebody comes to an event. */
export interface Attendance {
	readonly id: number;
	readonly post: number;
	/** Actor id of who comes. */
	readonly actor: string;
	readonly state: Coming;
	readonly created: number;
	/** Id of the activity that said so, when one of the two is elsewhere. */
	readonly activity: string | null;
}

/** Whether somebody comes to an event. */
export function attendanceOf(reading: Reading, post: number, actor: string): Attendance | undefined {
	return reading.first<Attendance>(sql('attendance').where({ post, actor }));
}

/** Everybody of an event, in the order they said so. */
export function attendanceAt(reading: Reading, post: number): Attendance[] {
	return reading.all<Attendance>(sql('attendance').where({ post }).orderBy('id'));
}

/** By the activity that said so. */
export function attendanceByActivity(reading: Reading, activity: string): Attendance | undefined {
	return reading.first<Attendance>(sql('attendance').where({ activity }));
}

/** Numbers of the events somebody said to come to. */
export function eventsAttendedBy(reading: Reading, actor: string): number[] {
	return reading
		.all<{ post: number }>(sql('attendance').select('post').where({ actor }))
		.map(({ post }) => post);
}

/** How many come. */
export function countComing(reading: Reading, post: number): number {
	const query = sql('attendance').count({ n: '*' }).where({ post, state: 'coming' });
	return reading.first<{ n: number }>(query)?.n ?? 0;
}

/** Keeps it; saying it again changes nothing. */
export function keepAttendance(writing: Writing, attendance: Attendance): void {
	writing.run(
		sql('attendance')
			.insert({ ...attendance })
			.onConflict(['post', 'actor'])
			.ignore(),
	);
}

/** The organizer's answer. */
export function changeAttendance(writing: Writing, id: number, state: Coming): void {
	writing.run(sql('attendance').where({ id }).update({ state }));
}

/** They do not come after all; whether they had said so. */
export function removeAttendance(writing: Writing, post: number, actor: string): boolean {
	return writing.run(sql('attendance').where({ post, actor }).delete()) > 0;
}
