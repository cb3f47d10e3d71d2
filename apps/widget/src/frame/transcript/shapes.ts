export const DOWN = "M12 5v14M6 13l6 6 6-6";
export const COPY = "M9 9h10v10H9zM5 15V5h10";
export const CHECK = "M5 12.5l4.5 4.5L19 7.5";
export const CHEVRON = "M6 9l6 6 6-6";
export const AGAIN = "M4 12a8 8 0 1 1 2.3 5.6M4 20v-5h5";
export const THUMB =
  "M7 11v9H4v-9zm0 0 4-8c1.5 0 2.5 1 2.5 2.6L13 9h5.5a2 2 0 0 1 2 2.4l-1.3 7A2 2 0 0 1 17.2 20H7";
export const PEN = "M4 20l1-4L16.5 4.5a2 2 0 0 1 3 3L8 19z";
