using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>Checks pointers and counts that C gives.</summary>
internal static unsafe class Pointers
{
    /// <summary>More than any honest caller has of anything; a larger count is a mistake, found before memory is touched.</summary>
    private const long Most = 1 << 24;

    /// <summary>Fails when a result has nowhere to go.</summary>
    internal static void Require(void* pointer, string argument)
    {
        if (pointer is null)
            throw new EngineException($"'{argument}' is NULL; give the address of a variable for the result.");
    }

    /// <summary>The values that a pointer and a count stand for; the pointer may be NULL when there are none.</summary>
    internal static ReadOnlySpan<T> Span<T>(T* values, long count, string argument)
        where T : unmanaged
    {
        if (count < 0 || count > Most)
            throw new EngineException($"'{argument}' cannot have {count} elements.");
        if (count > 0 && values is null)
            throw new EngineException($"'{argument}' is NULL, but has {count} elements.");
        return new ReadOnlySpan<T>(values, (int)count);
    }
}
