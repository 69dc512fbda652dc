// Saves text as a file. It is put together in the browser: nothing that a visitor typed is written to the server's disk.

const KEPT = 60_000; // milliseconds until the browser must have read it

export const saveText = (name, type, parts) => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([parts].flat(), {type: `${type};charset=utf-8`}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
};
