using System.Text;

namespace CoreEngine.Abi;

/// <summary>Writes the table of functions that the loader forwards.</summary>
public static class LoaderTableWriter
{
    /// <summary>One line for each function: its number, its name, and how it says that it failed.</summary>
    public static string Write(IReadOnlyList<AbiFunction> functions)
    {
        var text = new StringBuilder();
        text.Append(
            "/* Written by tools/CoreEngine.Abi from the list of functions; run ./build.sh abi after changing it. */\n"
        );
        text.Append($"#define COREENGINE_EXPORT_COUNT {functions.Count}\n");
        for (int i = 0; i < functions.Count; i++)
        {
            string kind =
                functions[i].ReturnsStatus ? "STATUS"
                : functions[i].Returns == "void" ? "NOTHING"
                : "TEXT";
            text.Append($"COREENGINE_EXPORT({i}, {functions[i].Name}, {kind})\n");
        }

        return text.ToString();
    }
}
