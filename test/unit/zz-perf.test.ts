import { it } from 'vitest';
import { parseXml } from '/work/main/src/xml/parse.ts';
import { redactText } from '/work/main/src/jitsi/redact.ts';
const M=4*1024*1024;
const time=(n:string,f:()=>void)=>{const t=performance.now();let r='ok';try{f()}catch(e){r=(e as Error).message.slice(0,80)};console.log(n,Math.round(performance.now()-t),r)};
it('perf',()=>{
 time('attrs',()=>{parseXml('<a '+Array.from({length:300000},(_, i)=>`a${i}=""`).join(' ')+'/>')});
 time('xmlns attrs',()=>{parseXml('<a '+Array.from({length:150000},(_, i)=>`xmlns:a${i}="u"`).join(' ')+'/>')});
 time('text',()=>{parseXml('<a>'+'x'.repeat(M-10)+'</a>')});
 time('entities',()=>{parseXml('<a>'+'&lt;'.repeat(M/4-10)+'</a>')});
 time('cdata',()=>{parseXml('<a>'+'<![CDATA[x]]>'.repeat(M/13-10)+'</a>')});
 time('elements',()=>{parseXml('<a>'+'<b/>x'.repeat(199999)+'</a>')});
 time('longname',()=>{parseXml('<'+'a'.repeat(M-10)+'/>')});
 time('unclosed entity',()=>{parseXml('<a>&'+'a'.repeat(M-10))});
 time('unclosed cdata',()=>{parseXml('<a><![CDATA['+']'.repeat(M-20))});
 for (const [n,s] of [['amp','&quot;pwd&quot;:&quot;'.repeat(100000)],['pw','<password '.repeat(300000)],['auth','<auth '.repeat(300000)],['en','<enabled id '.repeat(300000)],['secret',"muc#roomconfig_roomsecret'>  ".repeat(100000)],['spaces',"muc#roomconfig_roomsecret'>"+' '.repeat(100000)],['q','"pwd":"\\'.repeat(300000)],['bearer','authorization '.repeat(100000)]] as const) time('redact '+n,()=>{redactText(s)});
});
