export const BACK = "M19 12H5M11 6l-6 6 6 6";
export const PEN = "M4 20l1-4L16.5 4.5a2 2 0 0 1 3 3L8 19z";
export const TRASH = "M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13";
export const SEARCH = "M16 16l4.5 4.5M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0z";
export const DOWNLOAD = "M12 4v12M7 11l5 5 5-5M5 20h14";
export const SHIELD = "M12 3l7.5 3v5c0 4.5-3 8-7.5 10-4.5-2-7.5-5.5-7.5-10V6z";
