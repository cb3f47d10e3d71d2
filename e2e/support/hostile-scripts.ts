/** Five thousand rules of a page that wants everything to look like itself, and a few that mean the widget. */
export function hostileStyles(): string {
  const rules = Array.from(
    { length: 5000 },
    (_, at) =>
      `.r${at} *,body>*:nth-child(${at + 1}),[class] .c${at}{position:static!important;display:block!important;transform:rotate(9deg)!important;opacity:.2!important;margin:${at % 90}px!important;color:red!important}`,
  );
  return [
    "*{all:unset}",
    "*{all:unset!important}",
    "body{display:grid!important;gap:80px!important;direction:ltr}",
    "aura-chat{display:none!important;visibility:hidden!important;pointer-events:none!important}",
    "aura-chat *,button,iframe,div{width:9px!important;height:9px!important;inset:auto!important}",
    ...rules,
  ].join("\n");
}

/** What old libraries and analytics scripts do to a page before anything else runs. */
export const PATCHED_GLOBALS = `
  Array.prototype.toJSON=function(){return '["'+[...this].join('","')+'"]'};
  Array.prototype.each=function(act){for(const one of this)act(one)};
  Array.prototype.last=function(){return this[this.length-1]};
  Object.prototype.extend=function(){return this};
  String.prototype.toJSON=function(){return '"'+this+'"'};
  const native={add:EventTarget.prototype.addEventListener,stringify:JSON.stringify,parse:JSON.parse,fetch:window.fetch,Promise:window.Promise,Observer:window.MutationObserver,post:window.postMessage};
  EventTarget.prototype.addEventListener=function(type,listener,options){return native.add.call(this,type,listener,options)};
  JSON.stringify=(...all)=>native.stringify(...all);
  JSON.parse=(...all)=>native.parse(...all);
  window.fetch=(...all)=>native.fetch(...all);
  window.Promise=class extends native.Promise{};
  window.MutationObserver=class extends native.Observer{};
  window.$=window.jQuery=window._={};
  for(const name of ["id","name","type","options","init","state","frame","host","send"])window[name]??=()=>{throw new Error(name)};
  Object.freeze(Element.prototype);Object.freeze(Array.prototype);
`;

/** A page that lets no default happen and keeps its bubbling keys to itself. */
export const KEY_HANDLERS = `
  window.keys=0;
  for(const type of ["keydown","keyup","keypress","click","mousedown","mouseup","pointerdown","focusin","beforeinput","submit"])
    document.addEventListener(type,(event)=>event.preventDefault(),true);
  document.addEventListener("keydown",()=>{window.keys+=1});
`;
