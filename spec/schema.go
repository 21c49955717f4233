package spec

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Schema returns the JSON Schema (draft 7, which editors know best) of the language, made from the table that files are
// decoded by. It ends with a line break. With o.Rules and o.Probes the schema knows their ids; its other fields are not
// looked at.
//
// A file that Parse takes is valid by the schema. The reverse does not hold: what a value means, and how values go
// together, is more than a schema can tell.
func Schema(o Options) []byte {
	w := &schemaWriter{definitions: object{"variable": variableSchema}, names: map[string]string{}}
	root := w.keys(fileTable(o).shape())
	root["$schema"] = "http://json-schema.org/draft-07/schema#"
	root["title"] = "corsgate.yaml"
	root["description"] = "What browsers must make of the CORS answers of a server."
	root["definitions"] = w.definitions
	root["anyOf"] = []object{{"required": []string{"scenarios"}}, {"required": []string{"policies"}}}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // there is nothing in it but maps, lists, texts and numbers
	}
	return append(text, '\n')
}

type object = map[string]any

// variableSchema is any text that a variable is to fill in.
var variableSchema = object{"type": "string", "pattern": `\$\{`}

// schemaWriter collects the objects of the language, each once.
type schemaWriter struct {
	definitions object
	names       map[string]string // of definitions, by their JSON
}

// schema describes the values of a shape.
func (w *schemaWriter) schema(s shape) object {
	switch s.form {
	case formList:
		return w.list(s)
	case formMapping:
		return w.mapping(s)
	case formObject:
		return w.define(s)
	case formEither:
		var any []object
		for _, e := range s.either {
			any = append(any, w.schema(e))
		}
		return oneOrAny(any...)
	case formText:
		return object{"type": []string{"string", "number", "boolean", "null"}} // all are read by their text
	}
	return oneOrAny(append(scalarSchemas(s), object{"$ref": "#/definitions/variable"})...)
}

func oneOrAny(any ...object) object {
	if len(any) == 1 {
		return any[0]
	}
	return object{"anyOf": any}
}

// scalarSchemas are the ways to write a value of a shape that is no text. What YAML takes for text counts as well.
func scalarSchemas(s shape) []object {
	text := func(pattern string) object { return object{"type": "string", "pattern": "^(" + pattern + ")$"} }
	switch s.form {
	case formBoolean:
		return []object{{"type": "boolean"}, text(anyCase("true", "false", "yes", "no", "on", "off"))}
	case formInteger:
		return []object{{"type": "integer", "minimum": s.min, "maximum": s.max}, text("0|[1-9][0-9]*")}
	case formNumber:
		return []object{{"type": "number"}, text(`-?(0|[1-9][0-9]*)(\.[0-9]+)?`)}
	case formDuration:
		const part = `[0-9]*\.?[0-9]+(ms|s|m|h)`
		return []object{{"type": "integer", "minimum": s.min},
			text(fmt.Sprintf(`-?(0|[1-9][0-9]*)|[0-9]+d(%[1]s)*|(%[1]s)+`, part))}
	}
	var words []any
	for _, word := range s.words {
		words = append(words, word)
		if fraction.MatchString(word) { // a number by YAML's types
			words = append(words, json.Number(word))
		}
	}
	return []object{{"enum": words}}
}

// anyCase is a pattern of words in any case, without the flags that not all editors know.
func anyCase(words ...string) string {
	var patterns []string
	for _, word := range words {
		var b strings.Builder
		for _, r := range word {
			b.WriteString("[" + strings.ToUpper(string(r)) + string(r) + "]")
		}
		patterns = append(patterns, b.String())
	}
	return strings.Join(patterns, "|")
}

func (w *schemaWriter) list(s shape) object {
	item := w.schema(*s.of)
	list := object{"type": "array", "items": item}
	if s.unique {
		list["uniqueItems"] = true
	}
	if !s.empty {
		list["minItems"] = 1
	}
	if !s.one {
		return list
	}
	if several, ok := item["anyOf"].([]object); ok {
		return oneOrAny(append(slices.Clone(several), list)...)
	}
	return oneOrAny(item, list)
}

func (w *schemaWriter) mapping(s shape) object {
	of := w.schema(*s.of)
	if s.names == nil {
		return object{"type": "object", "additionalProperties": of}
	}
	properties := object{}
	for _, name := range s.names {
		properties[name] = of
	}
	return object{"type": "object", "properties": properties, "additionalProperties": false}
}

// define puts an object among the definitions and refers to it.
func (w *schemaWriter) define(s shape) object {
	definition := w.keys(s)
	text, err := json.Marshal(definition)
	if err != nil {
		panic(err)
	}
	name, known := w.names[string(text)]
	if !known {
		name = w.freeName(definitionName(s.what))
		w.names[string(text)] = name
		w.definitions[name] = definition
	}
	return object{"$ref": "#/definitions/" + name}
}

var notInNames = regexp.MustCompile(`[^a-z]+`)

// definitionName makes a name of what an object is: a header's matcher becomes header-s-matcher.
func definitionName(what string) string {
	return strings.Trim(notInNames.ReplaceAllString(withoutArticle(what), "-"), "-")
}

func (w *schemaWriter) freeName(name string) string {
	free := name
	for i := 2; w.definitions[free] != nil; i++ {
		free = fmt.Sprintf("%s-%d", name, i)
	}
	return free
}

// keys describes an object.
func (w *schemaWriter) keys(s shape) object {
	properties, required := object{}, []string{}
	for _, k := range s.keys {
		about := w.schema(k.shape)
		if about["$ref"] != nil { // nothing counts beside a reference in draft 7
			about = object{"allOf": []object{about}}
		}
		about["description"] = k.about
		properties[k.name] = about
		if k.required {
			required = append(required, k.name)
		}
	}
	all := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		all["required"] = required
	}
	return all
}
