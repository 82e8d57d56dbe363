using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>What to do with gradients, as C says it: in words, for all arguments, in order or by name.</summary>
internal static unsafe class GradientRequestTexts
{
    /// <summary>The requests.</summary>
    /// <param name="arguments">The names of the arguments.</param>
    /// <param name="count">How many names and words there are; 0 when one word is for all.</param>
    /// <param name="names">NULL when the words are in the order of the arguments.</param>
    /// <param name="words">"null", "write" or "add"; NULL for no gradients.</param>
    /// <exception cref="EngineException">A word is none of these, or there are not as many as arguments.</exception>
    internal static GradientRequests Read(IReadOnlyList<string> arguments, uint count, byte** names, byte** words)
    {
        if (words is null)
            return GradientRequests.None;
        if (names is null && count == 0)
            return Parse(Text.Read(words[0], "grad_req"));
        GradientRequest[] requests = Array.ConvertAll(Text.ReadAll(words, count, "grad_req"), Parse);
        if (names is null)
        {
            return requests.Length == arguments.Count
                ? GradientRequests.InOrder(requests)
                : throw new EngineException(
                    $"{requests.Length} values of grad_req were given for {arguments.Count} arguments."
                );
        }

        string[] keys = Text.ReadAll(names, count, "names of grad_req");
        HashSet<string> known = [.. arguments];
        var byName = new Dictionary<string, GradientRequest>(StringComparer.Ordinal);
        for (int i = 0; i < keys.Length; i++)
        {
            // Callers name the inputs of all their symbols; this one need not have each.
            if (known.Contains(keys[i]))
                byName[keys[i]] = requests[i];
        }

        return GradientRequests.ByName(byName);
    }

    private static GradientRequest Parse(string word) =>
        word switch
        {
            "null" => GradientRequest.Null,
            "write" => GradientRequest.Write,
            "add" => GradientRequest.Add,
            _ => throw new EngineException($"grad_req is '{word}'; it must be 'null', 'write' or 'add'."),
        };
}
