namespace CoreEngine.Runtime;

/// <summary>What the environment says about memory.</summary>
internal sealed record StorageSettings(long? Limit, bool Debug)
{
    public const string LimitVariable = "COREENGINE_MEMORY_LIMIT";
    public const string DebugVariable = "COREENGINE_MEMORY_DEBUG";

    /// <exception cref="EngineSettingsException">A variable has a value that means nothing.</exception>
    public static StorageSettings FromEnvironment() =>
        Read(Environment.GetEnvironmentVariable(LimitVariable), Environment.GetEnvironmentVariable(DebugVariable));

    /// <exception cref="EngineSettingsException">A value means nothing.</exception>
    public static StorageSettings Read(string? limit, string? debug)
    {
        long? bytes = null;
        if (!string.IsNullOrWhiteSpace(limit))
        {
            if (!ByteSize.TryParse(limit, out long parsed) || parsed <= 0)
            {
                throw new EngineSettingsException(
                    $"{LimitVariable} is '{limit}': give a size above zero such as 8G, 512M or 1073741824, or unset it."
                );
            }

            bytes = parsed;
        }

        bool isDebug = debug?.Trim() switch
        {
            null or "" or "0" => false,
            "1" => true,
            _ => throw new EngineSettingsException($"{DebugVariable} is '{debug}': give 1 (on) or 0 (off)."),
        };
        return new StorageSettings(bytes, isDebug);
    }
}
