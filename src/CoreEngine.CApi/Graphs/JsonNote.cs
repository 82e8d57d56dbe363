using System.Text;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Notes on graphs as JSON: an array of the name of a type and a value.</summary>
internal static class JsonNote
{
    private const string Source = "json_value";

    /// <summary>Fails when a text is no such note.</summary>
    internal static void Check(string json)
    {
        var scanner = new JsonScanner(Encoding.UTF8.GetBytes(json), Source);
        bool isFirst = Begin(ref scanner);
        if (!scanner.NextItem(ref isFirst))
            throw Malformed();
        scanner.Skip();
        End(ref scanner, isFirst);
    }

    /// <summary>The value of a note that is a text.</summary>
    internal static string ReadText(string json)
    {
        var scanner = new JsonScanner(Encoding.UTF8.GetBytes(json), Source);
        bool isFirst = Begin(ref scanner);
        if (!scanner.NextItem(ref isFirst))
            throw Malformed();
        string text = scanner.ReadString();
        End(ref scanner, isFirst);
        return text;
    }

    /// <summary>A note that is a text.</summary>
    internal static string OfText(string text)
    {
        var json = new StringBuilder("[\"str\", \"");
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                _ => json.Append(c),
            };
        }

        return json.Append("\"]").ToString();
    }

    private static bool Begin(ref JsonScanner scanner)
    {
        scanner.BeginArray();
        bool isFirst = true;
        if (!scanner.NextItem(ref isFirst))
            throw Malformed();
        scanner.ReadString();
        return isFirst;
    }

    private static void End(ref JsonScanner scanner, bool isFirst)
    {
        if (scanner.NextItem(ref isFirst))
            throw Malformed();
        scanner.End();
    }

    private static EngineException Malformed() =>
        new("""A note on a graph is an array of the name of a type and a value, for example ["int", 3].""");
}
