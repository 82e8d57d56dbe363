using CoreEngine.Graphs;

namespace CoreEngine;

/// <summary>What backward passes do with the gradient of each argument.</summary>
public sealed class GradientRequests
{
    private readonly Func<string, int, GradientRequest> _request;
    private readonly IReadOnlyCollection<string> _names;
    private readonly int _count;

    private GradientRequests(
        Func<string, int, GradientRequest> request,
        IReadOnlyCollection<string>? names = null,
        int count = -1
    )
    {
        _request = request;
        _names = names ?? [];
        _count = count;
    }

    /// <summary>No gradients.</summary>
    public static GradientRequests None { get; } = All(GradientRequest.Null);

    /// <summary>The same for every argument.</summary>
    public static GradientRequests All(GradientRequest request) => new((_, _) => request);

    /// <summary>One for each argument, in the order of the arguments.</summary>
    public static GradientRequests InOrder(params IReadOnlyList<GradientRequest> requests) =>
        new((_, i) => requests[i], count: requests.Count);

    /// <summary>By the arguments' names; no gradient for those that are not named.</summary>
    public static GradientRequests ByName(IReadOnlyDictionary<string, GradientRequest> requests) =>
        new((name, _) => requests.GetValueOrDefault(name), [.. requests.Keys]);

    /// <summary>Gradients of these arguments only.</summary>
    public static GradientRequests Of(IEnumerable<string> names, GradientRequest request = GradientRequest.Write) =>
        ByName(names.ToDictionary(name => name, _ => request));

    /// <summary>The same for every argument.</summary>
    public static implicit operator GradientRequests(GradientRequest request) => All(request);

    /// <summary>The request for each argument.</summary>
    /// <exception cref="EngineException">A named argument does not exist, or the number of requests differs.</exception>
    internal GradientRequest[] For(IReadOnlyList<string> arguments)
    {
        if (_count >= 0 && _count != arguments.Count)
        {
            throw new EngineException(
                $"Bind: {_count} gradient requests were given for the {arguments.Count} arguments "
                    + $"{NameList.Of(arguments)}."
            );
        }

        if (_names.FirstOrDefault(name => !arguments.Contains(name)) is { } unknown)
        {
            throw new EngineException(
                $"Bind: a gradient of '{unknown}' was asked for, which is no argument. There are: "
                    + $"{NameList.Of(arguments, unknown)}"
            );
        }

        return [.. arguments.Select(_request)];
    }
}
