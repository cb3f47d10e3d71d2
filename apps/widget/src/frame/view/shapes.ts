// The drawings that the frame needs at once; each part that is loaded later brings its own.

export const CLOSE = "M6 6l12 12M18 6 6 18";
export const FRESH =
  "M12 4H7a3 3 0 0 0-3 3v10a3 3 0 0 0 3 3h10a3 3 0 0 0 3-3v-5M18.4 3.6a1.7 1.7 0 0 1 2.4 2.4L12.5 14.3 9 15l.7-3.5z";
export const HISTORY = "M12 8v4l3 2M3.5 12a8.5 8.5 0 1 0 2.6-6.1M3 4v4h4";
export const STOP = "M7 7h10v10H7z";
export const SEND = "M12 19V5M6 11l6-6 6 6";
/** Points on; mirrored where one reads from right to left. */
export const ARROW = "M5 12h14M13 6l6 6-6 6";
