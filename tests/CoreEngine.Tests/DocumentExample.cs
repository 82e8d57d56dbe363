using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace CoreEngine.Tests;

/// <summary>
/// Code in a document that a test runs: it stands between marks, in the document (<c>&lt;!-- name:begin --&gt;</c>) and in
/// the test's file (<c>// name:begin</c>), and must be the same but for the layout.
/// </summary>
internal static partial class DocumentExample
{
    /// <summary>Fails unless an example is the same in the document and in the caller's file.</summary>
    /// <returns>The document's text, without the lines that only Markdown needs.</returns>
    internal static string RequireSame(string document, string example, [CallerFilePath] string file = "")
    {
        string[] lines = Between(
                File.ReadAllText(Path.Combine(Checkout.Root, document)),
                $"<!-- {example}:begin -->",
                $"<!-- {example}:end -->"
            )
            .Split('\n');
        string text = string.Join('\n', lines.Where(line => !line.StartsWith("```", StringComparison.Ordinal)));
        IEnumerable<string> code = text.Split('\n')
            .Where(line => !line.StartsWith("using CoreEngine", StringComparison.Ordinal));
        string tested = Between(File.ReadAllText(file), $"// {example}:begin\n", $"// {example}:end");
        Assert.AreEqual(Squeeze(string.Join('\n', code)), Squeeze(tested));
        return text;
    }

    private static string Between(string text, string begin, string end)
    {
        int start = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        return text[start..text.IndexOf(end, start, StringComparison.Ordinal)];
    }

    // The layout of a document's code is its own.
    private static string Squeeze(string text) => Spaces().Replace(text, "");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
